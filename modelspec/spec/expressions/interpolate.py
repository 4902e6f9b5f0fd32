"""The `${...}` of a scalar: found, evaluated, and put back into the text around them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from .evaluate import evaluate
from .fault import ExpressionError
from .grammar import parse
from .tokens import tokenize
from .tree import Expression, Name, walk
from .values import MAX_TEXT, UNKNOWN, describe_value

OPENING = "${"
_FIND = re.compile(r"\$\$\{|\$\{")


def has_expression(value: Any) -> bool:
    """Whether a scalar is a text with `${` in it, escaped or not."""
    return isinstance(value, str) and OPENING in value


def escaped(text: str) -> str:
    """A text that stands for itself, whatever is in it: `${` becomes `$${`."""
    return text.replace(OPENING, "$" + OPENING)


def value_of(text: str, names: Mapping[str, Any]) -> Any:
    """The value of a scalar with expressions.

    A scalar that is one `${...}` and nothing else keeps the type of its value; otherwise the
    values are written into the text. `$${` stands for the characters `${`.

    Raises:
        ExpressionFaultError: with the place of the fault within `text`.
    """
    parts = _parts(text)
    if len(parts) == 1 and isinstance(parts[0], Expression):
        return evaluate(parts[0], names)
    values = [part if isinstance(part, str) else _written(part, names) for part in parts]
    if any(value is UNKNOWN for value in values):
        return UNKNOWN
    whole = "".join(values)
    if len(whole) > MAX_TEXT:
        message = f"the text comes to {len(whole):,} characters, at most {MAX_TEXT:,} are allowed"
        raise ExpressionError("too-large", message, 0, len(text))
    return whole


def names_in(text: str) -> frozenset[str]:
    """The names in a scalar's expressions; none where it has a fault."""
    try:
        parts = _parts(text)
    except ExpressionError:
        return frozenset(re.findall(r"[A-Za-z_][A-Za-z0-9_]*", text[:MAX_TEXT]))
    nodes = (node for part in parts if isinstance(part, Expression) for node in walk(part))
    return frozenset(node.name for node in nodes if isinstance(node, Name))


@lru_cache(maxsize=4096)
def _parts(text: str) -> tuple[str | Expression, ...]:
    if len(text) > MAX_TEXT:
        message = f"a text with an expression may have at most {MAX_TEXT:,} characters"
        raise ExpressionError("too-large", message, 0, len(text))
    return tuple(_split(text))


def _split(text: str) -> Iterator[str | Expression]:
    plain, at = "", 0
    while (match := _FIND.search(text, at)) is not None:
        plain += text[at : match.start()]
        if match.group() != OPENING:
            plain, at = plain + OPENING, match.end()
            continue
        tokens = tokenize(text, match.end())
        if len(tokens) == 1:
            message = "an expression is empty"
            raise ExpressionError("bad-expression", message, match.start(), tokens[0].end)
        if plain:
            yield plain
        yield parse(tokens)
        plain, at = "", tokens[-1].end
    if plain or at < len(text):
        yield plain + text[at:]


def _written(tree: Expression, names: Mapping[str, Any]) -> Any:
    """A value as it stands inside a longer text, or UNKNOWN."""
    value = evaluate(tree, names)
    if value is UNKNOWN or isinstance(value, str):
        return value
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, (int, float)):
        return str(value)
    message = f"{describe_value(value)} cannot stand inside a longer text"
    raise ExpressionError("wrong-operand", message, tree.start, tree.end)
