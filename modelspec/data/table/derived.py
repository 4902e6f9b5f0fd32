"""Derived columns: made of whole columns at once, of a table in memory or chunk by chunk.

What `spec.data.Derived.of_row` says of one row holds here for all: a missing value makes the
derived one missing, and so does a result that is not a finite number.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from modelspec.spec.data import (
    BINS,
    CLIP,
    DATE_PARTS,
    EXPRESSION,
    NUMBERS,
    PART,
    UNTIL,
    Derived,
    needed,
    own_source,
)
from modelspec.spec.expressions import (
    Binary,
    ComparisonExpression,
    Conditional,
    Expression,
    FunctionCall,
    Literal,
    Unary,
    column_of,
    tree_of,
)

from .chunks import BrokenDataError, ColumnMap, FileChunks, map_in_threads
from .derived_dates import ReadDates, date_part
from .table import Array, Column, Table
from .values import as_numbers, distinct_words

_FUNCTIONS: dict[str, Any] = {
    "log": np.log,
    "log1p": np.log1p,
    "log10": np.log10,
    "sqrt": np.sqrt,
    "exp": np.exp,
    "abs": np.abs,
}
_ARITHMETIC: dict[str, Any] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
    "//": np.floor_divide,
    "%": np.mod,
    "**": np.power,
}
_UNARY: dict[str, Any] = {
    "-": np.negative,
    "+": np.positive,
    "not": lambda values: np.equal(values, 0),
}
_COMPARISONS: dict[str, Any] = {
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
    "==": np.equal,
    "!=": np.not_equal,
}


def with_derived(table: Table, names: Sequence[str], derive: Mapping[str, Derived]) -> Table:
    """A table in memory with the derived columns among `names`.

    Raises:
        BrokenDataError: a column has an array in each row.
    """
    wanted = needed(names, derive)
    return replace(table, columns=_add(table.columns, wanted)) if wanted else table


def with_derived_chunks(
    file: FileChunks, derive: Mapping[str, Derived], *, keeps: bool
) -> FileChunks:
    """A file whose chunks have derived columns as well.

    Args:
        file: the file.
        derive: all derived columns.
        keeps: whether the chunks are in memory, so that what is made of them is kept, too.
    """
    if not derive:
        return file
    kept: list[dict[str, Column]] = []

    def read(names: Sequence[str]) -> Iterator[ColumnMap]:
        if keeps and kept and all(name in columns for columns in kept for name in names):
            yield from ({name: columns[name] for name in names} for columns in kept)
            return
        wanted = needed(names, derive)
        own = {own_source(name): name for name in derive}
        taken = [*names, *(name for one in wanted for name in one.takes)]
        plain = [own.get(name, name) for name in taken if name in own or name not in derive]

        def make(columns: ColumnMap) -> dict[str, Column]:
            found = _add(columns, wanted)
            found |= {name: columns[own[name]] for name in names if name in own}
            return {name: found[name] for name in names}

        for number, made in enumerate(map_in_threads(make, file.read(list(dict.fromkeys(plain))))):
            if keeps and number == len(kept):
                kept.append({})
            if keeps:
                kept[number] |= made
            yield made

    return file._replace(read=read)


def _add(columns: ColumnMap, wanted: Sequence[Derived]) -> dict[str, Column]:
    """The columns of a file, by their names there, with derived ones."""
    found, dates = dict(columns), ReadDates()
    for one in wanted:
        if one.own_source in one.takes:
            found[one.own_source] = columns[one.name]
        with np.errstate(all="ignore"):  # what is not finite is missing
            taken = {name: _single(found[name], name, one) for name in one.takes}
            values = _values(one, taken, dates)
        missing = ~np.isfinite(values)
        values = np.where(missing, np.nan, values) if missing.any() else values
        found[one.name] = Column(values, missing, clean=not missing.any())
    return found


def _single(column: Column, name: str, one: Derived) -> Column:
    shape = list(column.values.shape[1:])
    if shape or column.lengths is not None or column.media_source is not None:
        what = f"has shape {shape} in each row" if shape else "holds files or lists"
        message = f"the derived column `{one.name}` takes single values, but `{name}` {what}"
        raise BrokenDataError(one.span, "wrong-column-type", message)
    return column


def _values(one: Derived, columns: ColumnMap, known: ReadDates) -> Array:
    """The values float64 [rows], not finite where they are missing."""
    if one.kind == EXPRESSION:
        return _Rows(one, columns).value(tree_of(one.text))
    if one.kind == UNTIL:
        dates = [known.moments(column, one.form) for column in columns.values()]
        first = dates[0] if one.since is None else np.datetime64(one.since)
        microseconds = (dates[-1] - first).astype("timedelta64[us]")
        lengths = microseconds.astype(np.float64) / 1e6 / one.unit
        return np.where(np.isnat(microseconds), np.nan, lengths)
    [column] = columns.values()
    if one.kind == PART:
        return _part(one, column, known)
    numbers = _numbers(column)
    if one.kind == CLIP:
        return np.clip(numbers, one.least, one.largest)
    if one.kind == BINS and one.quantiles and not one.edges:
        return numbers  # of which the edges are learned
    if one.kind == BINS:
        found = np.searchsorted(np.asarray(one.edges), numbers, side="right").astype(np.float64)
        return np.where(np.isnan(numbers), np.nan, found)
    made: Array = _FUNCTIONS[one.kind](numbers)
    return made


def _part(one: Derived, column: Column, known: ReadDates) -> Array:
    values = date_part(column, one.part, one.form, known, is_time=one.is_time)
    part = DATE_PARTS[one.part]
    if not one.circle or part.period is None:
        return values
    angles = 2 * np.pi * (values - part.first) / part.period
    found: Array = np.sin(angles) if one.circle == "sin" else np.cos(angles)
    return found


def _numbers(column: Column) -> Array:
    """float64 [rows], NaN where a value is missing, or is no number; perhaps the column's own."""
    numbers: Array = as_numbers(column).astype(np.float64, copy=False)
    if column.clean and not column.is_text:
        return numbers
    return np.where(np.isfinite(numbers), numbers, np.nan)


class _Rows:
    """Evaluates an expression for all rows: truth is 1 or 0, and NaN goes through everything."""

    def __init__(self, one: Derived, columns: ColumnMap) -> None:
        self.names = {name: name for name in one.takes}
        if one.own_source in one.takes:
            self.names[one.name] = one.own_source
        self.columns = columns
        takes = one.takes.items()
        self.numbers = {name: _numbers(columns[name]) for name, k in takes if k == NUMBERS}
        self.missing = np.zeros(len(next(iter(columns.values())).missing), dtype=np.bool_)
        for name, kind in takes:
            is_number = kind == NUMBERS
            self.missing |= np.isnan(self.numbers[name]) if is_number else columns[name].missing

    def value(self, tree: Expression) -> Array:
        """float64 [rows]."""
        found = self._value(tree)
        if self.missing.any() or np.ndim(found) == 0:
            found = np.where(self.missing, np.nan, found)
        made: Array = found
        return made

    def _value(self, node: Expression) -> Any:
        name = column_of(node)
        if name is not None:
            return self.numbers[self.names[name]]
        if isinstance(node, Literal):
            return float(node.value)
        if isinstance(node, ComparisonExpression):
            return self._comparison(node)
        parts = [self._value(part) for part in node.parts]
        if isinstance(node, Conditional):
            condition, then, other = parts
            return _known(np.where(np.asarray(condition) != 0, then, other), condition)
        if isinstance(node, Unary):
            return _known(_UNARY[node.operator](parts[0]), *parts)
        if isinstance(node, Binary) and node.operator in ("and", "or"):
            return self._logic(node.operator, *parts)
        if isinstance(node, Binary):
            return _finite(_ARITHMETIC[node.operator](*parts))
        assert isinstance(node, FunctionCall)
        return _finite(_call(node.function, parts))

    @staticmethod
    def _logic(operator: str, left: Any, right: Any) -> Any:
        """The right side counts only where the left one leaves it open."""
        decided = np.asarray(left) == (0 if operator == "and" else 1)
        return _known(np.where(decided, left, right), left)

    def _comparison(self, node: ComparisonExpression) -> Any:
        if self._is_text(node):
            return self._text_comparison(node)
        parts = [self._value(part) for part in node.parts]
        met = True
        for sign, left, right in zip(node.operators, parts, parts[1:], strict=False):
            met = met & _COMPARISONS[sign](left, right)
        return _known(met, *parts)

    def _text_comparison(self, node: ComparisonExpression) -> Any:
        """Each text is compared as its number among all the different ones."""
        numbers: dict[str, int] = {}
        parts = [self._text(part, numbers) for part in node.parts]
        met = True
        for sign, left, right in zip(node.operators, parts, parts[1:], strict=False):
            met = met & _COMPARISONS[sign](left, right)
        return np.asarray(met, dtype=np.float64)

    def _is_text(self, node: ComparisonExpression) -> bool:
        return any(isinstance(part, Literal) and isinstance(part.value, str) for part in node.parts)

    def _text(self, node: Expression, numbers: dict[str, int]) -> Any:
        """The number of a text, or those of the texts of a column."""
        name = column_of(node)
        if name is None:
            assert isinstance(node, Literal)
            return numbers.setdefault(node.value, len(numbers))
        words, positions = distinct_words(self.columns[self.names[name]])
        known = [numbers.setdefault(word, len(numbers)) for word in words]
        return np.asarray(known, dtype=np.int64)[positions]


def _known(values: Any, *parts: Any) -> Any:
    """The values as float64; NaN where one of the parts is."""
    found = np.asarray(values, dtype=np.float64)
    for part in parts:
        found = np.where(np.isnan(part), np.nan, found)
    return found


def _finite(values: Any) -> Any:
    finite = np.isfinite(values)
    return values if finite.all() else np.where(finite, values, np.nan)


def _call(function: str, parts: Sequence[Any]) -> Any:
    if function == "int":
        return np.trunc(parts[0])
    if function == "round":
        return np.round(parts[0], int(parts[1]) if len(parts) > 1 else 0)
    combine = np.minimum if function == "min" else np.maximum
    found = parts[0]
    for part in parts[1:]:
        found = combine(found, part)
    return found
