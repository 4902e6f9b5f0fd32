"""The rows of each split: shuffled by a seed, stratified, and never in two splits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from modelspec.data.table import Column, RowNumbers, Table, distinct_words
from modelspec.diagnostics import Findings
from modelspec.spec.data import DataSpec, Split, SplitColumn, split_times

from .counted_rows import check_split_values, comparable_values, refuse_arrays
from .group_splits import check_groups_and_times, fold_units, group_units, split_units
from .value_checks import CheckedTable
from .value_errors import report_empty_split, report_no_windows
from .value_rules import rows_in_fraction
from .windows import SPLITS, TEST, TRAIN, VALIDATION, Series, split_windows, window_options


class SplitRows(NamedTuple):
    """Row numbers of a table, each in one split at most, in the table's order."""

    train: RowNumbers
    validation: RowNumbers
    test: RowNumbers


def split_tables(
    data: DataSpec,
    tables: Mapping[str, CheckedTable],
    series: Mapping[str, Series],
    seed: int,
) -> dict[str, RowNumbers]:
    """Split name to its examples: rows of its table; for windows, their starts in its series.

    Args:
        data: says which splits are fractions of the training data, and the fold.
        tables: by split; a split that is not in it is a fraction of train.
        series: the tables as series; empty unless the source is a time series.
        seed: of the shuffle.
    """
    fractions = _fraction(data.validation), _fraction(data.test)
    if data.split is not None:
        fractions = float(VALIDATION in data.split.values), float(TEST in data.split.values)
    if series:
        given = None if data.split is None else _numbers_by_column(data.split, tables[TRAIN].table)
        found = {name: split_windows(one, (0, 0))[TRAIN] for name, one in series.items()}
        fold = None if data.folds is None else (data.fold or 1, data.folds)
        found |= split_windows(series[TRAIN], fractions, given=given, fold=fold)
        return {name: found[name] for name in SPLITS if name in found}
    rows = {name: checked.kept_rows for name, checked in tables.items()}
    if data.split is not None:
        numbers = _numbers_by_column(data.split, tables[TRAIN].table)[rows[TRAIN]]
        wanted = (TRAIN, *data.split.values)
        return {
            name: rows[TRAIN][numbers == SPLITS.index(name)] for name in SPLITS if name in wanted
        }
    if data.group is not None or split_times(data):
        rows |= _split_units(data, tables[TRAIN].table, rows[TRAIN], seed)
        return {name: rows[name] for name in SPLITS if name in rows}
    strata = None if data.stratify is None else tables[TRAIN].table.columns[data.stratify]
    if data.folds is None:
        split = split_rows(rows[TRAIN], *fractions, seed, strata)
    else:
        kept, _, test = split_rows(rows[TRAIN], 0, fractions[1], seed, strata)
        split = fold_rows(kept, (data.fold or 1, data.folds), seed, strata)._replace(test=test)
    rows[TRAIN] = split.train
    if fractions[0]:
        rows["validation"] = split.validation
    if fractions[1]:
        rows["test"] = split.test
    return {name: rows[name] for name in SPLITS if name in rows}


def _split_units(
    data: DataSpec, table: Table, rows: RowNumbers, seed: int
) -> dict[str, RowNumbers]:
    """The splits of one table by groups and times, and the fold."""
    found = split_units(data, table, rows, seed)
    kept = found[TRAIN]
    if data.folds is not None and data.group is None:
        split = fold_rows(kept, (data.fold or 1, data.folds), seed, None)
        found |= {TRAIN: split.train, VALIDATION: split.validation}
    elif data.folds is not None:
        units = group_units(data, table, kept)
        in_fold = fold_units(units, (data.fold or 1, data.folds), seed)
        found |= {TRAIN: kept[~in_fold], VALIDATION: kept[in_fold]}
    return found


def _fraction(split: Split | None) -> float:
    """The fraction of the training data that a split takes; 0 if it has a source or is absent."""
    return split.share or 0.0 if split is not None else 0.0


def _numbers_by_column(split: SplitColumn, table: Table) -> RowNumbers:
    """For each row of a table the index in `SPLITS` of the split that a column says."""
    values, positions = comparable_values(table.columns[split.column])
    numbers = [SPLITS.index(split.split_of(value)) for value in values]
    return np.asarray(numbers, dtype=np.int64)[positions]


def check_split_column(
    data: DataSpec, tables: Mapping[str, CheckedTable], findings: Findings
) -> bool:
    """Whether the columns that split the rows have the values for it."""
    if (data.group is not None or split_times(data)) and not check_groups_and_times(
        data, tables, findings
    ):
        return False
    if data.split is None:
        return True
    table, kept, *_ = tables[TRAIN]
    column = table.columns[data.split.column]
    refuse_arrays(column, data.split.column, data.split.span, "split")
    values, positions = comparable_values(column)
    counts = np.bincount(positions[kept], minlength=len(values)).tolist()
    return check_split_values(data, dict(zip(values, counts, strict=True)), table.names, findings)


def check_split_sizes(
    data: DataSpec,
    rows: Mapping[str, RowNumbers],
    tables: Mapping[str, CheckedTable],
    findings: Findings,
) -> bool:
    """Whether every split has an example; a finding for each that has none."""
    windows = window_options(data.train, data)
    for name, chosen in rows.items():
        if len(chosen):
            continue
        names = tables.get(name, tables[TRAIN]).table.names
        if windows is not None:
            report_no_windows(name, windows.span(with_targets=True), names, data, findings)
        elif name in tables or data.folds:  # a fraction has rows unless train has none
            report_empty_split(name, names, data, findings)
    return not findings.has_errors


def split_rows(
    rows: RowNumbers, validation: float, test: float, seed: int, strata: Column | None = None
) -> SplitRows:
    """Split rows at random.

    The same rows, fractions and seed give the same splits on every machine.

    Args:
        rows: row numbers to split, sorted.
        validation: the fraction for validation, 0 for none.
        test: the fraction for test, 0 for none.
        seed: of the shuffle.
        strata: a column of the whole table; each of its values is split in the same
            proportion, and every value that has a row has one in train.
    """
    if not validation and not test:
        return SplitRows(rows, rows[:0], rows[:0])
    order = _shuffled_positions(rows, seed, strata)
    n_validation, n_test = (
        rows_in_fraction(fraction, len(rows)) for fraction in (validation, test)
    )
    n_train = len(rows) - n_validation - n_test
    _, *others = np.split(order, [n_train, n_train + n_validation])
    is_train = np.ones(len(rows), dtype=np.bool_)
    for part in others:  # these are few, so the rest is found faster than put together
        is_train[part] = False
    return SplitRows(rows[is_train], *(_in_table_order(rows, part) for part in others))


def fold_rows(
    rows: RowNumbers, folds: tuple[int, int], seed: int, strata: Column | None
) -> SplitRows:
    """Split rows into folds at random: one of them validates, the others train.

    Args:
        rows: row numbers to split, sorted.
        folds: which fold, from 1, and how many there are. Their sizes differ by one at most.
        seed: of the shuffle.
        strata: a column of the whole table; its values are in every fold in the same proportion.
    """
    number, count = folds
    parts = np.array_split(_shuffled_positions(rows, seed, strata), count)
    chosen = _in_table_order(rows, parts[number - 1])
    return SplitRows(np.setdiff1d(rows, chosen, assume_unique=True), chosen, rows[:0])


def _shuffled_positions(rows: RowNumbers, seed: int, strata: Column | None) -> RowNumbers:
    """Positions in `rows`, shuffled; every slice has each value of `strata` in proportion."""
    order = np.random.default_rng(seed).permutation(len(rows))
    if strata is not None:
        order = order[np.argsort(_ranks(strata.take(rows[order])), kind="stable")]
    return order


def _in_table_order(rows: RowNumbers, positions: RowNumbers) -> RowNumbers:
    """The rows at some positions, sorted."""
    chosen = np.zeros(len(rows), dtype=np.bool_)
    chosen[positions] = True
    return rows[chosen]


def _ranks(strata: Column) -> npt.NDArray[np.float64]:
    """For each row its rank among the rows of its value, between 0 and 1: (rank + 0.5) / count."""
    kinds, codes = distinct_words(strata)
    codes = np.where(strata.missing, len(kinds), codes)  # missing values are one more stratum
    counts = np.bincount(codes, minlength=len(kinds) + 1)
    by_code = np.argsort(codes, kind="stable")
    starts = np.cumsum(counts) - counts
    ranks = np.empty(len(codes), dtype=np.int64)
    ranks[by_code] = np.arange(len(codes)) - np.repeat(starts, counts)
    fractions: npt.NDArray[np.float64] = (ranks + 0.5) / counts[codes]
    return fractions
