"""Measures for each value of a column: where a model is worse than its mean says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import isnan
from typing import Any

import numpy as np

from modelspec.report import table

from .intervals import Interval, intervals_of
from .measures import Measure, measures_of
from .predictions import Array, OutputPredictions

BINS = 4
"""Into how many bins of as many rows each the numbers of a column go."""

MOST_SLICES = 12
"""Slices that are measured and shown; the rest is counted."""

LEAST_ROWS = 20
"""Rows below which a slice does not decide an expectation, unless the spec says another number."""

SHOWN = {"classes": ("accuracy", "macro_f1"), "binary": ("accuracy", "macro_f1")}
SHOWN |= {"labels": ("exact", "macro_f1"), "numbers": ("mae", "rmse")}
"""The measures of a table of slices, by the kind of the output."""

GAP = "(empty)"


@dataclass(frozen=True, slots=True)
class Slice:
    """The rows with one value of a column.

    Attributes:
        value: as text; of numbers a range, such as `[3, 5.5)`, of empty cells `(empty)`.
        n: how many rows there are.
        measures: each with its interval, by name.
        is_gap: whether these are the rows in which the cell is empty.
        edges: of a bin of numbers the least and the largest, else None.
    """

    value: str
    n: int
    measures: Mapping[str, Interval]
    is_gap: bool = False
    edges: tuple[float, float] | None = None

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {
            "value": None if self.is_gap else self.value,
            "n": self.n,
            **({} if self.edges is None else {"edges": list(self.edges)}),
            "measures": {name: one.to_dict() for name, one in self.measures.items()},
        }


@dataclass(frozen=True, slots=True)
class Slices:
    """The measures of an output for each value of a column.

    Attributes:
        output: its name.
        column: its name.
        whole: the measures of all rows.
        slices: numbers in their order, else the largest slices first; empty cells come last.
        others: how many values have no slice here, as there are larger ones.
        other_rows: how many rows have these.
    """

    output: str
    column: str
    whole: Slice
    slices: tuple[Slice, ...]
    others: int = 0
    other_rows: int = 0

    def text(self) -> str:
        """For people."""
        names = list(self.whole.measures)
        parts = [*self.slices, self.whole]
        rows = [(one.value, f"{one.n:,}", *map(str, one.measures.values())) for one in parts]
        found = f"{self.output} by {self.column}\n\n"
        found += table((self.column, "n", *names), rows, right="n")
        if self.others:
            found += f"and {self.others:,} values in {self.other_rows:,} rows\n"
        return found

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {
            "column": self.column,
            "slices": [one.to_dict() for one in self.slices],
            "others": {"values": self.others, "n": self.other_rows},
        }


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """Which rows have a value: bool [n]; see `Slice`."""

    value: str
    rows: Array
    is_gap: bool = False
    edges: tuple[float, float] | None = None


def slices_of(
    output: OutputPredictions,
    column: str,
    values: Array,
    names: Sequence[str] | None = None,
    *,
    units: Array | None = None,
) -> Slices:
    """Measure an output for each value of a column.

    Numbers with more than `MOST_SLICES` different values go into `BINS` bins of as many rows each,
    fewer where many are equal. All else is a slice for each value.

    Args:
        output: n rows.
        column: its name.
        values: of the column [n]: numbers, bools, or objects with None where a cell is empty.
        names: of the measures; None for those that suit the kind of the output.
        units: int [n]: rows of one unit are not independent, see `intervals_of`.
    """
    rows = output.counted_rows()
    output, values = output.take(rows), values[rows]
    units = None if units is None else units[rows]
    names = SHOWN[output.kind] if names is None else names
    parts = list(_parts(values))
    others = parts[MOST_SLICES:]

    def measured(part: _Part) -> Slice:
        of_part = measures_of(output.take(part.rows))
        wanted: list[Measure] = [of_part[name] for name in names]
        size = int(part.rows.sum())
        own = None if units is None else units[part.rows]
        found = intervals_of(wanted, size, own)
        return Slice(part.value, size, found, part.is_gap, part.edges)

    return Slices(
        output.name,
        column,
        measured(_Part("all", np.ones(len(output), dtype=np.bool_))),
        tuple(sorted(map(measured, parts[:MOST_SLICES]), key=lambda one: one.is_gap)),
        len(others),
        int(sum(part.rows.sum() for part in others)),
    )


def _parts(values: Array) -> Iterator[_Part]:
    """The rows of each value: of numbers in their order, else the largest part first."""
    empty = _empty(values)
    if empty.any():
        yield _Part(GAP, empty, is_gap=True)
    there = values[~empty]
    is_number = values.dtype.kind in "iuf" or _has_numbers(there)
    found = np.unique(there.astype(np.float64) if is_number else there.astype(str))
    if is_number and len(found) > MOST_SLICES - bool(empty.any()):
        yield from _bins(values, empty, there.astype(np.float64))
        return
    as_written = np.full(len(values), np.nan) if is_number else np.full(len(values), None, object)
    as_written[~empty] = there.astype(np.float64) if is_number else there.astype(str)
    parts = [_Part(_number(one) if is_number else str(one), as_written == one) for one in found]
    yield from parts if is_number else sorted(parts, key=lambda part: -int(part.rows.sum()))


def _bins(values: Array, empty: Array, there: Array) -> Iterator[_Part]:
    """Bins of as many rows each; a bin has its lower edge, and the last one its upper edge too."""
    edges = np.unique(np.quantile(there, np.linspace(0, 1, BINS + 1)))
    numbers = np.full(len(values), np.nan)
    numbers[~empty] = there
    for at, (low, high) in enumerate(pairwise(edges)):
        is_last = at == len(edges) - 2
        rows = (numbers >= low) & ((numbers <= high) if is_last else (numbers < high))
        text = f"[{_number(low)}, {_number(high)}{']' if is_last else ')'}"
        yield _Part(text, rows, edges=(float(low), float(high)))


def _empty(values: Array) -> Array:
    """Which cells are empty, bool [n]."""
    if values.dtype.kind == "f":
        return np.isnan(values)
    if values.dtype.kind == "O":
        return np.array([is_empty(one) for one in values], dtype=np.bool_)
    return np.zeros(len(values), dtype=np.bool_)


def is_empty(cell: Any) -> bool:
    """Whether a cell is empty: None or NaN."""
    return cell is None or (isinstance(cell, float) and isnan(cell))


def _has_numbers(values: Array) -> bool:
    """Whether objects are numbers."""
    return values.dtype.kind == "O" and all(
        isinstance(one, (int, float)) and not isinstance(one, bool) for one in values
    )


def _number(value: float) -> str:
    return f"{value:.6g}"
