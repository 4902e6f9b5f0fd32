"""Which rows train, which validate, which test: shuffled, seeded, stratified, never in two."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from .table import Column
from .values import as_text

RowNumbers = npt.NDArray[np.int64]


class Parts(NamedTuple):
    """Row numbers of a table, each in one split at most, in the table's order."""

    train: RowNumbers
    validation: RowNumbers
    test: RowNumbers


def split(
    rows: RowNumbers, validation: float, test: float, seed: int, strata: Column | None = None
) -> Parts:
    """Divide rows at random.

    The same rows, shares and seed give the same splits, on every machine.

    Args:
        rows: row numbers to divide.
        validation: the share for validation, 0 for none.
        test: the share for test, 0 for none.
        seed: of the shuffle.
        strata: a column of the whole table; each of its values is divided in the same
            proportion, and every value that has a row has one in train.
    """
    order = np.random.default_rng(seed).permutation(len(rows))
    if strata is not None:
        order = order[np.argsort(_positions(strata.take(rows[order])), kind="stable")]
    n_validation, n_test = (_count(share, len(rows)) for share in (validation, test))
    n_train = len(rows) - n_validation - n_test
    parts = np.split(order, [n_train, n_train + n_validation])
    return Parts(*(np.sort(rows[part]) for part in parts))


def _count(share: float, rows: int) -> int:
    """A share of the rows, at least one where the share is not 0."""
    return max(1, round(share * rows)) if share else 0


def _positions(strata: Column) -> npt.NDArray[np.float64]:
    """For each row its place within its own value, between 0 and 1: the middle of 1/count steps."""
    words = np.where(strata.missing, "\0missing", as_text(strata)).astype(str)
    _, codes, counts = np.unique(words, return_inverse=True, return_counts=True)
    by_code = np.argsort(codes, kind="stable")
    starts = np.cumsum(counts) - counts
    ranks = np.empty(len(words), dtype=np.int64)
    ranks[by_code] = np.arange(len(words)) - np.repeat(starts, counts)
    places: npt.NDArray[np.float64] = (ranks + 0.5) / counts[codes]
    return places
