"""The `${...}` of a scalar: found, evaluated, and put back into the text around them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from modelspec.diagnostics import did_you_mean, join_words

from .errors import ExpressionError
from .operations import (
    FUNCTIONS,
    MAX_TEXT,
    UNKNOWN,
    OperationError,
    binary,
    call,
    compare,
    describe_value,
    subscript,
    truth,
    unary,
)
from .parser import parse, tokenize
from .scalars import LITERALS, OPENING
from .tree import (
    Binary,
    ComparisonExpression,
    Conditional,
    Expression,
    FunctionCall,
    ListExpression,
    Literal,
    Name,
    Subscript,
    Unary,
    walk,
)

_FIND = re.compile(r"\$\$\{|\$\{")


def evaluate(text: str, names: Mapping[str, Any]) -> Any:
    """The value of a scalar with expressions; see `value_of`."""
    parts = _parts(text)
    if len(parts) == 1 and isinstance(parts[0], Expression):
        return _evaluate(parts[0], names)
    values = [part if isinstance(part, str) else _as_text(part, names) for part in parts]
    if any(value is UNKNOWN for value in values):
        return UNKNOWN
    whole = "".join(values)
    if len(whole) > MAX_TEXT:
        message = f"the text comes to {len(whole):,} characters, at most {MAX_TEXT:,} are allowed"
        raise ExpressionError("too-large", message, 0, len(text))
    return whole


def tree_of(text: str) -> Expression:
    """The tree of a text that is one `${...}` and nothing else.

    Raises:
        ExpressionError: it is not, or cannot be parsed.
    """
    parts = _parts(text)
    if len(parts) == 1 and isinstance(parts[0], Expression):
        return parts[0]
    message = "an expression stands alone between `${` and `}`"
    raise ExpressionError("bad-expression", message, 0, len(text))


def parsed_names(text: str) -> frozenset[str]:
    """The names in a scalar's expressions.

    Raises:
        ExpressionError: it cannot be parsed.
    """
    nodes = (node for part in _parts(text) if isinstance(part, Expression) for node in walk(part))
    return frozenset(node.name for node in nodes if isinstance(node, Name))


@lru_cache(maxsize=4096)
def _parts(text: str) -> tuple[str | Expression, ...]:
    if len(text) > MAX_TEXT:
        message = f"a text with an expression may have at most {MAX_TEXT:,} characters"
        raise ExpressionError("too-large", message, 0, len(text))
    return tuple(_split(text))


def _split(text: str) -> Iterator[str | Expression]:
    literal, at = "", 0
    while (match := _FIND.search(text, at)) is not None:
        literal += text[at : match.start()]
        if match.group() != OPENING:
            literal, at = literal + OPENING, match.end()
            continue
        tokens = tokenize(text, match.end())
        if len(tokens) == 1:
            message = "the expression is empty"
            raise ExpressionError("bad-expression", message, match.start(), tokens[0].end)
        if literal:
            yield literal
        yield parse(tokens)
        literal, at = "", tokens[-1].end
    if literal or at < len(text):
        yield literal + text[at:]


def _as_text(tree: Expression, names: Mapping[str, Any]) -> Any:
    """A value as it is written inside a longer text, or UNKNOWN."""
    value = _evaluate(tree, names)
    if value is UNKNOWN or isinstance(value, str):
        return value
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, (int, float)):
        return str(value)
    message = f"{describe_value(value)} cannot be part of a longer text"
    raise ExpressionError("wrong-operand", message, tree.start, tree.end)


def _evaluate(tree: Expression, names: Mapping[str, Any]) -> Any:
    for node in walk(tree):  # also where it would not be evaluated: a misspelt name is an error
        if isinstance(node, Name) and node.name not in names:
            raise _unknown_name(node, names)
    return _value(tree, names)


def _value(node: Expression, names: Mapping[str, Any]) -> Any:
    if isinstance(node, Literal):
        return node.value
    if isinstance(node, Name):
        return names[node.name]
    if isinstance(node, Conditional):
        condition, then, other = node.parts
        found = _value(condition, names)
        return UNKNOWN if found is UNKNOWN else _value(then if truth(found) else other, names)
    if isinstance(node, Binary) and node.operator in ("and", "or"):
        left = _value(node.parts[0], names)
        if left is UNKNOWN or truth(left) == (node.operator == "or"):
            return left
        return _value(node.parts[1], names)
    values = [_value(part, names) for part in node.parts]
    if any(value is UNKNOWN for value in values):
        return _divided_by_zero(node, values)
    try:
        return _operation(node, values)
    except OperationError as error:
        raise ExpressionError(error.code, error.message, node.start, node.end, error.hint) from None


def _operation(node: Expression, values: list[Any]) -> Any:
    if isinstance(node, Binary):
        return binary(node.operator, *values)
    if isinstance(node, Unary):
        return unary(node.operator, values[0])
    if isinstance(node, Subscript):
        return subscript(*values)
    if isinstance(node, ListExpression):
        return values
    if isinstance(node, FunctionCall):
        return call(node.function, values)
    assert isinstance(node, ComparisonExpression)
    pairs = zip(node.operators, values, values[1:], strict=False)
    return all(compare(sign, left, right) for sign, left, right in pairs)


def _divided_by_zero(node: Expression, values: list[Any]) -> Any:
    """UNKNOWN; an error where something unknown is divided by a literal 0."""
    if isinstance(node, Binary) and node.operator in ("/", "//", "%"):
        right = values[1]
        if right is not UNKNOWN and right == 0 and not isinstance(right, bool):
            message = "division by zero"
            raise ExpressionError("division-by-zero", message, node.start, node.end)
    return UNKNOWN


def _unknown_name(node: Name, names: Mapping[str, Any]) -> ExpressionError:
    if node.name == "index":
        message = "`index` is defined only inside a `repeat`"
        return ExpressionError("unknown-name", message, node.start, node.end)
    known = [*names, *FUNCTIONS, *LITERALS]
    message = f"there is no param `{node.name}`{did_you_mean(node.name, known)}"
    hint = f"known here: {join_words(names, most=12)}" if names else "declare it under `params`"
    return ExpressionError("unknown-name", message, node.start, node.end, hint)
