"""Expressions of columns: which columns one names, what each must hold, and the value of a row."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite
from typing import Any

from .errors import ExpressionError
from .evaluate import tree_of
from .operations import MAX_PLACES
from .scalars import value_of
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

NUMBER, TEXT, TRUTH = "a number", "a text", "true or false"

ROW = "row"
"""`row["order date"]` is the column of a name that is not a single word."""

_COUNTS = {"min": 2, "max": 2, "round": 1, "int": 1}
"""The functions on numbers with the fewest arguments that each takes."""


def column_of(node: Expression) -> str | None:
    """The column that a node names; None for other nodes."""
    if isinstance(node, Name):
        return node.name
    if isinstance(node, Subscript):
        container, key = node.parts
        is_row = isinstance(container, Name) and container.name == ROW
        if is_row and isinstance(key, Literal) and isinstance(key.value, str):
            return key.value
    return None


def columns_in(text: str) -> dict[str, str]:
    """The columns of an expression `${...}`, each with what it must hold: a number or a text.

    Raises:
        ExpressionError: it cannot be parsed, names no column, or is not a number, true or false.
    """
    tree, found = tree_of(text), dict[str, str]()
    kind = _kind(tree, found)
    if kind == TEXT:
        raise _wrong(tree, "a derived column is a number, or true or false; this is a text")
    if not found:
        raise _wrong(tree, "the expression names no column")
    return found


def with_params(text: str, params: Mapping[str, Any]) -> str:
    """An expression of columns with the values of params in the place of their names.

    Args:
        text: an expression `${...}`.
        params: by name; `row["x"]` is the column `x` also where there is a param `x`.

    Raises:
        ExpressionError: it cannot be parsed, or a param is neither a number, a text nor a truth.
    """
    tree = tree_of(text)
    rows = {id(node.parts[0]) for node in walk(tree) if isinstance(node, Subscript)}
    found = [n for n in walk(tree) if isinstance(n, Name) and n.name in params]
    for node in sorted(found, key=lambda node: -node.start):
        if node.name == ROW and id(node) in rows:
            continue
        written = _written(params[node.name])
        if written is None:
            raise _wrong(node, f"the param `{node.name}` is not a number, a text, true or false")
        text = text[: node.start] + written + text[node.end :]
    return text


def _written(value: Any) -> str | None:
    """A value as expressions write it; None where they cannot."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (int, float)) and isfinite(value):
        return f"({value!r})" if value < 0 else repr(value)
    if isinstance(value, str):
        mark = "'" if '"' in value else '"'
        return None if mark in value else f"{mark}{value}{mark}"
    return None


def row_value(text: str, columns: Mapping[str, float | str]) -> float | None:
    """The value of an expression in one row; None where it is not a finite number.

    Args:
        text: as `columns_in` lets it pass.
        columns: the values of its columns in the row, none missing.
    """
    try:
        value = value_of(text, {ROW: dict(columns), **columns})
        return float(value)
    except (ExpressionError, OverflowError):
        return None


def _kind(node: Expression, found: dict[str, str]) -> str:
    name = column_of(node)
    if name is not None:
        return _column(node, name, NUMBER, found)
    if isinstance(node, Literal):
        return _literal(node)
    if isinstance(node, ComparisonExpression):
        return _comparison(node, found)
    if isinstance(node, Conditional):
        condition, *branches = node.parts
        _demand(condition, TRUTH, found)
        kind = _kind(branches[0], found)
        _demand(branches[1], kind, found)
        return kind
    if isinstance(node, (Binary, Unary)):
        is_logic = node.operator in ("and", "or", "not")
        for part in node.parts:
            _demand(part, TRUTH if is_logic else NUMBER, found)
        return TRUTH if is_logic else NUMBER
    if isinstance(node, FunctionCall):
        return _call(node, found)
    if isinstance(node, ListExpression):
        raise _wrong(node, "a list cannot be used on columns")
    raise _wrong(node, f'only columns have keys here, as in {ROW}["order date"]')


def _column(node: Expression, name: str, kind: str, found: dict[str, str]) -> str:
    if found.setdefault(name, kind) != kind:
        raise _wrong(node, f"`{name}` is taken for {kind} here, and for {found[name]} elsewhere")
    return kind


def _literal(node: Literal) -> str:
    if isinstance(node.value, bool):
        return TRUTH
    if node.value is None:
        hint = "a row in which a column has no value has none either"
        raise ExpressionError("wrong-operand", "null is not allowed", node.start, node.end, hint)
    return TEXT if isinstance(node.value, str) else NUMBER


def _comparison(node: ComparisonExpression, found: dict[str, str]) -> str:
    """Columns that are compared with a text are text."""
    is_text = any(isinstance(part, Literal) and isinstance(part.value, str) for part in node.parts)
    kind = TEXT if is_text else NUMBER
    if is_text and not set(node.operators) <= {"==", "!="}:
        raise _wrong(node, 'text is compared with "==" and "!=" only')
    for part in node.parts:
        name = column_of(part)
        if name is not None:
            _column(part, name, kind, found)
        else:
            _demand(part, kind, found)
    return TRUTH


def _call(node: FunctionCall, found: dict[str, str]) -> str:
    fewest = _COUNTS.get(node.function)
    if fewest is None:
        raise _wrong(node, f"`{node.function}` cannot be used on columns")
    takes_one = node.function == "int" and len(node.parts) != 1
    takes_two = node.function == "round" and len(node.parts) > 2
    if len(node.parts) < fewest or takes_one or takes_two:
        raise _wrong(node, f"`{node.function}` does not take {len(node.parts)} arguments here")
    if node.function == "round" and len(node.parts) == 2:
        places = node.parts[1]
        value = places.value if isinstance(places, Literal) else None
        if not isinstance(value, int) or abs(value) > MAX_PLACES:
            raise _wrong(places, "`round` takes a whole number of places, such as 2")
        _demand(node.parts[0], NUMBER, found)
        return NUMBER
    for part in node.parts:
        _demand(part, NUMBER, found)
    return NUMBER


def _demand(node: Expression, wanted: str, found: dict[str, str]) -> None:
    kind = _kind(node, found)
    if kind != wanted:
        hint = "compare it, as in `stock > 0`" if wanted == TRUTH else ""
        message = f"{wanted} belongs here, and this is {kind}"
        raise ExpressionError("wrong-operand", message, node.start, node.end, hint)


def _wrong(node: Expression, message: str) -> ExpressionError:
    return ExpressionError("wrong-operand", message, node.start, node.end)
