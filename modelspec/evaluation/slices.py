"""Measures for each value of a column: where a model is worse than its mean says."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import isfinite, isnan
from typing import Any, NamedTuple

import numpy as np

from modelspec.report import table

from .intervals import Interval, RowUnits, intervals_of
from .measured_values import measure_named
from .predictions import Array, OutputPredictions

BINS = 4
"""Into how many bins of as many rows each the numbers of a column go."""

MOST_SLICES = 12
"""Slices that are measured and shown; the rest is counted."""

SHOWN = {"classes": ("accuracy", "macro_f1"), "binary": ("accuracy", "macro_f1")}
SHOWN |= {"labels": ("exact", "macro_f1"), "numbers": ("mae", "rmse")}
"""The measures of a table of slices, by the kind of the output."""

GAP = "(empty)"

ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")

ALONE = RowUnits()
"""Rows that are drawn each on its own."""


@dataclass(frozen=True, slots=True)
class Slice:
    """The rows with one value of a column.

    Attributes:
        value: as text; of numbers a range, such as `[3, 5.5)`, of empty cells `(empty)`.
        n: how many rows there are.
        measures: each with its interval, by name.
        is_gap: whether these are the rows in which the cell is empty.
        edges: of a bin of numbers the least and the largest, else None.
        is_range: whether the value is a range, of numbers or of dates.
    """

    value: str
    n: int
    measures: Mapping[str, Interval]
    is_gap: bool = False
    edges: tuple[float, float] | None = None
    is_range: bool = False

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
    """Which rows have a value: their positions int64 [rows]; see `Slice`."""

    value: str
    rows: Array
    is_gap: bool = False
    edges: tuple[float, float] | None = None
    is_range: bool = False


class _Rows(NamedTuple):
    """The rows that count, with the value of a column and the units of each."""

    output: OutputPredictions
    values: Array
    units: RowUnits

    def measured(self, part: _Part, names: Sequence[str]) -> Slice:
        """Some measures of a part, each with its interval."""
        of_part = self.output.take(part.rows)
        measures = [measure_named(of_part, name) for name in names]
        found = intervals_of(measures, len(part.rows), self.units.of(part.rows))
        count = self.units.count(part.rows)
        return Slice(part.value, count, found, part.is_gap, part.edges, part.is_range)


def slices_of(
    output: OutputPredictions,
    column: str,
    values: Array,
    names: Sequence[str] | None = None,
    *,
    units: RowUnits = ALONE,
) -> Slices:
    """Measure an output for each value of a column.

    Numbers with more than `MOST_SLICES` different values go into `BINS` bins of as many rows each,
    fewer where many are equal; so does text that is nothing but such numbers, or dates as ISO 8601
    writes them. All else is a slice for each value.

    Args:
        output: n rows.
        column: its name.
        values: of the column [n]: numbers, bools, or objects with None where a cell is empty.
        names: of the measures; None for those that suit the kind of the output.
        units: what is drawn together of the n rows.
    """
    rows = _counted(output, values, units)
    names = SHOWN[output.kind] if names is None else names
    parts = _parts(rows.values)
    shown, others = parts[:MOST_SLICES], parts[MOST_SLICES:]
    found = sorted((rows.measured(part, names) for part in shown), key=lambda one: one.is_gap)
    whole = rows.measured(_Part("all", np.arange(len(rows.output))), names)
    left = sum(len(part.rows) for part in others)
    return Slices(output.name, column, whole, tuple(found), len(others), left)


def slices_outside(
    output: OutputPredictions,
    values: Array,
    name: str,
    is_inside: Callable[[float], bool],
    units: RowUnits = ALONE,
    *,
    at_least: int = 1,
) -> tuple[Slice, ...]:
    """The slices of a column whose value is not as it should be, of all that there are.

    Args:
        output: n rows.
        values: of the column, as `slices_of` takes them.
        name: of the measure.
        is_inside: whether a value is as it should be. Slices without a value, such as the recall
            of rows that are all negative, are not asked.
        units: what is drawn together of the n rows.
        at_least: slices of fewer rows are not measured: a column may have a value for each row.
    """
    rows = _counted(output, values, units)
    found = []
    for part in _parts(rows.values):
        if rows.units.count(part.rows) < at_least:
            continue
        value = measure_named(rows.output.take(part.rows), name).value(len(part.rows))
        if isfinite(value) and not is_inside(value):
            found.append(rows.measured(part, [name]))
    return tuple(found)


def _counted(output: OutputPredictions, values: Array, units: RowUnits) -> _Rows:
    rows = output.counted_rows()
    return _Rows(output.take(rows), values[rows], units.take(rows))


def _parts(values: Array) -> list[_Part]:
    """The rows of each value: the empty ones, then numbers in their order, also where a column of
    text has few of them, else the largest part first."""
    empty = _empty(values)
    gap = [_Part(GAP, np.flatnonzero(empty), is_gap=True)] if empty.any() else []
    there, rows = values[~empty], np.flatnonzero(~empty)
    most = MOST_SLICES - len(gap)
    numbers = _as_numbers(there, most)
    if numbers is not None and len(np.unique(numbers)) > most:
        return gap + _bins(numbers, rows)
    is_text = _is_text(there)
    if numbers is None and is_text and len(set(there.tolist())) > most and _are_dates(there):
        return gap + _date_bins(there, rows)
    there = there.astype(str) if numbers is None or is_text else numbers
    found, place = np.unique(there, return_inverse=True)
    order = np.argsort(place, kind="stable")
    ends = np.cumsum(np.bincount(place, minlength=len(found)))[:-1]
    parts = [
        _Part(one if isinstance(one, str) else _number(one), rows[of_value])
        for one, of_value in zip(found.tolist(), np.split(order, ends), strict=True)
        if len(of_value)
    ]
    if there.dtype.kind == "f":
        return gap + parts
    if all(_is_number(part.value) for part in parts):
        return gap + sorted(parts, key=lambda part: float(part.value))
    return gap + sorted(parts, key=lambda part: -len(part.rows))


def _as_numbers(values: Array, most: int) -> Array | None:
    """Values without gaps as numbers float64; None where some are not, or few texts are."""
    if values.dtype.kind not in "iufO" or any(isinstance(one, bool) for one in values[:1]):
        return None
    if _is_text(values) and len(set(values.tolist())) <= most:
        return None
    try:
        found = values.astype(np.float64)
    except (TypeError, ValueError):
        return None
    return found if np.isfinite(found).all() else None


def _is_number(text: str) -> bool:
    try:
        return isfinite(float(text))
    except ValueError:
        return False


def _are_dates(values: Array) -> bool:
    """Whether each text begins with a date as ISO 8601 has it, which sorts by time."""
    return all(isinstance(one, str) and ISO_DATE.match(one) for one in values.tolist())


def _date_bins(values: Array, rows: Array) -> list[_Part]:
    """Bins of as many rows each, of dates; a bin has its first and its last date."""
    words, place = np.unique(values.astype(str), return_inverse=True)
    edges = np.unique(np.quantile(place, np.linspace(0, 1, BINS + 1)).astype(np.int64))
    found = []
    for at, (low, high) in enumerate(pairwise(edges.tolist())):
        last = high if at == len(edges) - 2 else high - 1
        inside = (place >= low) & (place <= last)
        found.append(_Part(f"[{words[low]}, {words[last]}]", rows[inside], is_range=True))
    return found


def _is_text(values: Array) -> bool:
    return values.dtype.kind == "O" and any(isinstance(one, str) for one in values)


def _bins(numbers: Array, rows: Array) -> list[_Part]:
    """Bins of as many rows each; a bin has its lower edge, and the last one its upper edge too."""
    edges = np.unique(np.quantile(numbers, np.linspace(0, 1, BINS + 1)))
    found = []
    for at, (low, high) in enumerate(pairwise(edges)):
        is_last = at == len(edges) - 2
        inside = (numbers >= low) & ((numbers <= high) if is_last else (numbers < high))
        text = f"[{_number(low)}, {_number(high)}{']' if is_last else ')'}"
        found.append(_Part(text, rows[inside], edges=(float(low), float(high)), is_range=True))
    return found


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


def _number(value: float) -> str:
    return f"{value:.6g}"
