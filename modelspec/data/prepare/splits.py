"""Which rows train, which validate, which test: shuffled, seeded, stratified, never in two."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from modelspec.data.table import Column, distinct_words

RowNumbers = npt.NDArray[np.int64]


class SplitRows(NamedTuple):
    """Row numbers of a table, each in one split at most, in the table's order."""

    train: RowNumbers
    validation: RowNumbers
    test: RowNumbers


def split_rows(
    rows: RowNumbers, validation: float, test: float, seed: int, strata: Column | None = None
) -> SplitRows:
    """Divide rows at random.

    The same rows, shares and seed give the same splits, on every machine.

    Args:
        rows: row numbers to divide, sorted.
        validation: the share for validation, 0 for none.
        test: the share for test, 0 for none.
        seed: of the shuffle.
        strata: a column of the whole table; each of its values is divided in the same
            proportion, and every value that has a row has one in train.
    """
    if not validation and not test:
        return SplitRows(rows, rows[:0], rows[:0])
    order = _order(rows, seed, strata)
    n_validation, n_test = (_count(share, len(rows)) for share in (validation, test))
    n_train = len(rows) - n_validation - n_test
    parts = np.split(order, [n_train, n_train + n_validation])
    return SplitRows(*(_sorted(rows, part) for part in parts))


def fold_rows(
    rows: RowNumbers, folds: tuple[int, int], seed: int, strata: Column | None
) -> SplitRows:
    """Divide rows into folds at random: one of them validates, the others train.

    Args:
        rows: row numbers to divide, sorted.
        folds: which fold, from 1, and how many there are. Their sizes differ by one at most.
        seed: of the shuffle.
        strata: a column of the whole table; its values are in every fold in the same proportion.
    """
    number, count = folds
    parts = np.array_split(_order(rows, seed, strata), count)
    chosen = _sorted(rows, parts[number - 1])
    return SplitRows(np.setdiff1d(rows, chosen, assume_unique=True), chosen, rows[:0])


def _order(rows: RowNumbers, seed: int, strata: Column | None) -> RowNumbers:
    """The places of rows, shuffled; every stretch has each value of `strata` in proportion."""
    order = np.random.default_rng(seed).permutation(len(rows))
    if strata is not None:
        order = order[np.argsort(_positions(strata.take(rows[order])), kind="stable")]
    return order


def _sorted(rows: RowNumbers, part: RowNumbers) -> RowNumbers:
    """Some of the rows, by their positions, in the table's order."""
    chosen = np.zeros(len(rows), dtype=np.bool_)
    chosen[part] = True
    return rows[chosen]


def _count(share: float, rows: int) -> int:
    """A share of the rows, at least one where the share is not 0."""
    return max(1, round(share * rows)) if share else 0


def _positions(strata: Column) -> npt.NDArray[np.float64]:
    """For each row its place within its own value, between 0 and 1: the middle of 1/count steps."""
    kinds, codes = distinct_words(strata)
    codes = np.where(strata.missing, len(kinds), codes)  # a stratum of its own
    counts = np.bincount(codes, minlength=len(kinds) + 1)
    by_code = np.argsort(codes, kind="stable")
    starts = np.cumsum(counts) - counts
    ranks = np.empty(len(codes), dtype=np.int64)
    ranks[by_code] = np.arange(len(codes)) - np.repeat(starts, counts)
    places: npt.NDArray[np.float64] = (ranks + 0.5) / counts[codes]
    return places
