"""Splits that are not drawn row by row: the latest rows, and groups that stay whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from heapq import heapify, heapreplace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from modelspec.data.table import Column, RowNumbers, Table, as_text, distinct_words
from modelspec.diagnostics import Findings
from modelspec.spec.data import DataSpec, SplitTime, Value, moment_of, split_times
from modelspec.tabular import parse_date, parse_number

from .counted_rows import comparable_values, refuse_arrays
from .split_errors import (
    check_group_count,
    check_shared_groups,
    report_missing_time,
    report_no_time,
    wants_numbers,
)
from .value_checks import CheckedTable
from .value_rules import rows_in_fraction
from .windows import TRAIN

Times = npt.NDArray[np.float64]


class Units(NamedTuple):
    """What is put into splits as a whole: groups, or single rows where there are none.

    Attributes:
        of_rows: int64 [rows]: the number of the unit of each row that is split.
        sizes: int64 [units]: how many rows each has.
    """

    of_rows: RowNumbers
    sizes: RowNumbers


def group_units(data: DataSpec, table: Table, rows: RowNumbers) -> Units:
    """The units of some rows of a table; groups are numbered in the order of their values."""
    if data.group is None:
        return Units(np.arange(len(rows)), np.ones(len(rows), dtype=np.int64))
    _, groups = comparable_values(table.columns[data.group])
    _, of_rows, sizes = np.unique(groups[rows], return_inverse=True, return_counts=True)
    return Units(of_rows.astype(np.int64), sizes.astype(np.int64))


def split_units(data: DataSpec, table: Table, rows: RowNumbers, seed: int) -> dict[str, RowNumbers]:
    """Split name to its rows, sorted; with folds, the test split alone is taken from `train`.

    The test split is taken first. Of the latest units, a group is as late as its latest row.

    Args:
        data: the shares, and the columns of groups and of times.
        table: of the training data.
        rows: of the table, sorted, that are split.
        seed: of what is drawn at random.
    """
    units, random = group_units(data, table, rows), np.random.default_rng(seed)
    orders = split_times(data)
    shares = {"test": data.test, "validation": None if data.folds else data.validation}
    wanted = {name: part.share for name, part in shares.items() if part and part.share}
    left = np.ones(len(units.sizes), dtype=np.bool_)
    found = {}
    for number, (name, share) in enumerate(wanted.items()):
        count, others = rows_in_fraction(share, len(rows)), len(wanted) - number
        if name in orders:
            times = times_of_rows(table.columns[orders[name].column], orders[name])[rows]
            chosen = _latest(units, left, times, count, others)
        else:
            chosen = _random(units, left, random, count, others)
        left[chosen] = False
        taken = np.zeros(len(units.sizes), dtype=np.bool_)
        taken[chosen] = True
        found[name] = rows[taken[units.of_rows]]
    return {"train": rows[left[units.of_rows]], **found}


def _latest(
    units: Units, left: npt.NDArray[np.bool_], times: Times, count: int, others: int
) -> RowNumbers:
    """The latest of the units that are left, until they have about `count` rows."""
    latest = np.full(len(units.sizes), -np.inf)
    np.maximum.at(latest, units.of_rows, times)
    there = np.flatnonzero(left)
    order = there[np.argsort(latest[there], kind="stable")[::-1]]
    order = order[: max(1, len(order) - others)]
    ends = np.cumsum(units.sizes[order])
    return order[: int(np.argmin(np.abs(ends - count))) + 1]


def _random(
    units: Units,
    left: npt.NDArray[np.bool_],
    random: np.random.Generator,
    count: int,
    others: int,
) -> RowNumbers:
    """Units that are left, drawn until they have about `count` rows; one too large is put back."""
    order = random.permutation(np.flatnonzero(left))
    most = max(1, len(order) - others)
    if len(units.sizes) == len(units.of_rows):
        return order[: min(count, most)]
    chosen: list[int] = []
    taken = 0
    for unit, size in zip(order.tolist(), units.sizes[order].tolist(), strict=True):
        if abs(taken + size - count) < count - taken:
            chosen.append(unit)
            taken += size
        if taken >= count or len(chosen) == most:
            break
    if not chosen:  # all are more than twice as large
        chosen = [int(order[np.argmin(units.sizes[order])])]
    return np.asarray(chosen, dtype=np.int64)


def fold_units(units: Units, folds: tuple[int, int], seed: int) -> npt.NDArray[np.bool_]:
    """Which rows are in a fold: [rows]. Groups go to the fold that has the fewest rows.

    With a fold for each group, the folds have the order of the groups.

    Args:
        units: of the rows.
        folds: which fold, from 1, and how many there are.
        seed: of the order of groups of one size.
    """
    number, count = folds
    fold_of = np.arange(len(units.sizes))
    if len(units.sizes) != count:
        order = np.random.default_rng(seed).permutation(len(units.sizes))
        order = order[np.argsort(-units.sizes[order], kind="stable")]
        heap = [(0, fold) for fold in range(count)]
        heapify(heap)
        for unit, size in zip(order.tolist(), units.sizes[order].tolist(), strict=True):
            rows, fold = heap[0]
            fold_of[unit] = fold
            heapreplace(heap, (rows + size, fold))
    in_fold: npt.NDArray[np.bool_] = (fold_of == number - 1)[units.of_rows]
    return in_fold


def check_groups_and_times(
    data: DataSpec, tables: Mapping[str, CheckedTable], findings: Findings
) -> bool:
    """Whether the columns of `group` and `by` can split the rows; findings where not."""
    before = findings.error_count
    table, kept, *_ = tables[TRAIN]
    if data.group is not None:
        for checked in tables.values():
            span = data.group_span or data.span
            refuse_arrays(checked.table.columns[data.group], data.group, span, "group")
        groups = len(np.unique(group_units(data, table, kept).of_rows))
        check_group_count(data, groups, table.names, findings)
        _check_shared_groups(data, data.group, tables, findings)
    for name, by in split_times(data).items():
        column = table.columns[by.column]
        refuse_arrays(column, by.column, by.span, "by")
        times = times_of_rows(column, by)
        gaps = kept[np.isnan(times[kept])]
        if not len(gaps):
            continue
        row = int(gaps[0])
        bad = gaps[~column.missing[gaps]]
        if not len(bad):
            report_missing_time(by, name, table.locate(row), findings)
            continue
        row = int(bad[0])
        word = str(as_text(column)[row])
        as_number = wants_numbers(distinct_words(column)[0], by, column.marks)
        report_no_time(by, name, word, table.locate(row), findings, as_number=as_number)
    return findings.error_count == before


def _check_shared_groups(
    data: DataSpec, group: str, tables: Mapping[str, CheckedTable], findings: Findings
) -> None:
    """Report a group in two splits that have sources, or that a column says."""
    if len(tables) == 1 and data.split is None:
        return
    splits: dict[Value, set[str]] = {}
    for split, values in _groups_of_splits(data, group, tables):
        for value in values:
            splits.setdefault(value, set()).add(split)
    check_shared_groups(data, splits, findings)


def _groups_of_splits(
    data: DataSpec, group: str, tables: Mapping[str, CheckedTable]
) -> Iterator[tuple[str, list[Value]]]:
    for name, (table, kept, *_) in tables.items():
        values, groups = comparable_values(table.columns[group])
        splits = {name: kept}
        if data.split is not None:
            found, positions = comparable_values(table.columns[data.split.column])
            names = np.asarray([data.split.split_of(value) for value in found])[positions]
            splits = {one: kept[names[kept] == one] for one in np.unique(names).tolist()}
        for split, rows in splits.items():
            yield split, [values[index] for index in np.unique(groups[rows]).tolist()]


def times_of_rows(column: Column, by: SplitTime) -> Times:
    """The times of all rows as numbers, NaN where there is none.

    Args:
        column: numbers, or dates and times as text.
        by: how they are written.
    """
    if not column.is_text:
        times = column.values.astype(np.float64)
        times[column.missing | np.isinf(times)] = np.nan
        return times
    words, positions = distinct_words(column)
    if wants_numbers(words, by, column.marks):
        known = [parse_number(word, column.marks) for word in words]
    else:
        dates = [parse_date(word, by.form, is_time=True) for word in words]
        known = [np.nan if date is None else _seconds(date) for date in dates]
    times = np.asarray([*known, np.nan])[np.where(column.missing, len(known), positions)]
    return np.asarray(times, dtype=np.float64)


def _seconds(date: datetime) -> float:
    """Seconds since 1970; a date without a zone is taken as UTC's."""
    return (moment_of(date) - datetime(1970, 1, 1)).total_seconds()
