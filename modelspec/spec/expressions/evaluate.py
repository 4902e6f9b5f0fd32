"""A syntax tree and the values of its names to one value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from modelspec.diagnostics import did_you_mean, join_words

from .fault import ExpressionError, OperationError
from .functions import FUNCTIONS, call
from .operators import binary, compare, index, truth, unary
from .tree import (
    Binary,
    CallExpression,
    Choice,
    CompareExpression,
    Expression,
    Index,
    Literal,
    Name,
    Unary,
    walk,
)
from .values import UNKNOWN


def evaluate(tree: Expression, names: Mapping[str, Any]) -> Any:
    """The value of an expression, or UNKNOWN where it hangs on a name that is.

    Args:
        tree: what `grammar.parse` gave.
        names: the value of each name in scope.

    Raises:
        ExpressionFaultError: an unknown name (anywhere in it), or an operation that cannot be done.
    """
    for node in walk(tree):
        if isinstance(node, Name) and node.name not in names:
            raise _unknown_name(node, names)
    return _value(tree, names)


def _value(node: Expression, names: Mapping[str, Any]) -> Any:
    if isinstance(node, Literal):
        return node.value
    if isinstance(node, Name):
        return names[node.name]
    if isinstance(node, Choice):
        condition = _value(node.condition, names)
        if condition is UNKNOWN:
            return UNKNOWN
        return _value(node.then if truth(condition) else node.other, names)
    if isinstance(node, Binary) and node.operator in ("and", "or"):
        left = _value(node.left, names)
        if left is UNKNOWN or truth(left) == (node.operator == "or"):
            return left
        return _value(node.right, names)
    values = [_value(part, names) for part in node.below()]
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
    if isinstance(node, Index):
        return index(*values)
    if isinstance(node, CallExpression):
        return call(node.function, values)
    assert isinstance(node, CompareExpression)
    pairs = zip(node.operators, values, values[1:], strict=False)
    return all(compare(sign, left, right) for sign, left, right in pairs)


def _divided_by_zero(node: Expression, values: list[Any]) -> Any:
    """UNKNOWN, unless what is unknown is divided by a plain 0."""
    if isinstance(node, Binary) and node.operator in ("/", "//", "%"):
        right = values[1]
        if right is not UNKNOWN and right == 0 and not isinstance(right, bool):
            message = "division by zero"
            raise ExpressionError("division-by-zero", message, node.start, node.end)
    return UNKNOWN


def _unknown_name(node: Name, names: Mapping[str, Any]) -> ExpressionError:
    if node.name == "index":
        message = "`index` stands only inside a `repeat`"
        return ExpressionError("unknown-name", message, node.start, node.end)
    known = [*names, *FUNCTIONS, "true", "false", "null"]
    message = f"there is no param `{node.name}`{did_you_mean(node.name, known)}"
    hint = f"known here: {join_words(names, most=12)}" if names else "declare it under `params`"
    return ExpressionError("unknown-name", message, node.start, node.end, hint)
