"""What is in a column of the data, split by split, and how far the splits differ in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import sqrt
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

BINS = 24
"""Ranges of a histogram."""

MOST_VALUES = 12
"""Values of a column of text that are counted one by one; the others are counted together."""

MOST_COMPARED = 1_000
"""A column of more different texts, such as one of sentences, is not compared between splits."""

MOST_OF_ROWS = 0.5
"""Nor is one with so many different texts for each row, such as one of names or files."""

OTHERS = "others"

DRAWS = 400
"""Random splits that a difference between texts is compared with."""

UNUSUAL = 0.001
"""A difference that so small a share of random splits has is worth a look."""


@dataclass(frozen=True, slots=True)
class ColumnValues:
    """The values of a column in a split.

    Attributes:
        values: [rows] or, of arrays and lists, [rows, ...]; numbers, booleans or text as objects.
        missing: bool [rows]: where there is none.
    """

    values: Array
    missing: npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class ProfiledSplit:
    """A column in one split.

    Attributes:
        rows: how many there are.
        missing: how many of them have no value.
        least: of numbers, the smallest; None as those below where there is none.
        most: the largest.
        mean: their mean.
        deviation: their standard deviation.
        quartiles: the values below which a quarter, half and three quarters lie.
        shares: of numbers the share of each range of `ProfiledColumn.edges`; of text that of each
            of `ProfiledColumn.words`.
        distinct: how many different values there are.
    """

    rows: int
    missing: int
    least: float | None = None
    most: float | None = None
    mean: float | None = None
    deviation: float | None = None
    quartiles: tuple[float, float, float] | None = None
    shares: tuple[float, ...] = ()
    distinct: int = 0


@dataclass(frozen=True, slots=True)
class Drift:
    """How far a split differs from the training split in a column.

    Attributes:
        distance: from 0 (the same) to 1: of numbers the largest difference of the shares below
            some value (Kolmogorov and Smirnov's); of text half the sum of the differences of the
            shares (the total variation distance).
        limit: a larger one is unusual, as only one of a thousand random splits has it.
    """

    distance: float
    limit: float

    @property
    def is_unusual(self) -> bool:
        """Whether chance alone hardly explains the difference."""
        return self.distance > self.limit


@dataclass(frozen=True, slots=True)
class ProfiledColumn:
    """A column that the spec reads.

    Attributes:
        name: of the column.
        uses: what it is read for, such as "the input `measures`".
        is_text: whether its values are text.
        splits: by the name of the split.
        edges: of numbers, the ends of the ranges, those of the training split.
        words: of text, the most frequent values of the training split, and `OTHERS`.
        drift: of the other splits.
        is_file: whether its texts are paths of files.
    """

    name: str
    uses: str
    is_text: bool
    splits: Mapping[str, ProfiledSplit]
    edges: tuple[float, ...] = ()
    words: tuple[str, ...] = ()
    drift: Mapping[str, Drift] | None = None
    is_file: bool = False


def profile_column(
    name: str, uses: str, splits: Mapping[str, ColumnValues], *, is_file: bool = False
) -> ProfiledColumn:
    """The profile of a column.

    Args:
        name: of the column.
        uses: what it is read for.
        splits: its values by split, the training split first.
        is_file: whether its texts are paths of files.
    """
    whole = [one.values for one in splits.values()]
    if any(values.dtype == object for values in whole):
        return replace(_of_text(name, uses, splits), is_file=is_file)
    return _of_numbers(name, uses, splits)


def _of_numbers(name: str, uses: str, splits: Mapping[str, ColumnValues]) -> ProfiledColumn:
    found = {split: _numbers(one) for split, one in splits.items()}
    train = next(iter(found.values()))
    edges: tuple[float, ...] = ()
    if len(train):
        least, most = float(train.min()), float(train.max())
        if most > least:
            edges = tuple(float(edge) for edge in np.linspace(least, most, BINS + 1))
    made = {
        split: _number_split(splits[split], values, np.asarray(edges))
        for split, values in found.items()
    }
    others = list(found.items())[1:]
    is_flat = all(one.values.ndim == 1 for one in splits.values())
    drift = {
        split: Drift(_largest_difference(train, values), _limit(len(train), len(values)))
        for split, values in others
        if is_flat and len(values) and len(train)
    }
    return ProfiledColumn(name, uses, False, made, edges, drift=drift)


def _numbers(column: ColumnValues) -> npt.NDArray[np.float64]:
    values = column.values[~column.missing] if column.values.ndim else column.values
    try:
        numbers = np.asarray(values, dtype=np.float64).reshape(-1)
    except (TypeError, ValueError):
        return np.zeros(0)
    return numbers[np.isfinite(numbers)]


def _number_split(
    column: ColumnValues, numbers: npt.NDArray[np.float64], edges: Array
) -> ProfiledSplit:
    rows, missing = len(column.missing), int(column.missing.sum())
    if not len(numbers):
        return ProfiledSplit(rows, missing)
    first, middle, third = (float(value) for value in np.quantile(numbers, (0.25, 0.5, 0.75)))
    shares: tuple[float, ...] = ()
    if len(edges):
        counts = np.histogram(np.clip(numbers, edges[0], edges[-1]), edges)[0]
        shares = tuple(float(share) for share in counts / len(numbers))
    return ProfiledSplit(
        rows,
        missing,
        float(numbers.min()),
        float(numbers.max()),
        float(numbers.mean()),
        float(numbers.std()),
        (first, middle, third),
        shares,
        len(np.unique(numbers)),
    )


def _largest_difference(one: Array, other: Array) -> float:
    """Kolmogorov and Smirnov's distance of two samples."""
    one, other = np.sort(one), np.sort(other)
    places = np.concatenate([one, other])
    below = np.searchsorted(one, places, side="right") / len(one)
    also = np.searchsorted(other, places, side="right") / len(other)
    return float(np.abs(below - also).max())


def _limit(one: int, other: int) -> float:
    """The distance that a share `UNUSUAL` of pairs of samples from one distribution exceeds.

    Kolmogorov's limit distribution, whose tail is about 2 exp(-2 c²).
    """
    return float(sqrt(np.log(2 / UNUSUAL) / 2) * sqrt((one + other) / (one * other)))


def _of_text(name: str, uses: str, splits: Mapping[str, ColumnValues]) -> ProfiledColumn:
    counted = {split: _words(one) for split, one in splits.items()}
    train = next(iter(counted.values()))
    order = sorted(train, key=lambda word: (-train[word], word))
    is_short = len(order) <= MOST_VALUES + 1
    words = tuple(order if is_short else order[:MOST_VALUES])
    has_others = not is_short or any(set(found) - set(words) for found in counted.values())
    made = {}
    for split, found in counted.items():
        total = sum(found.values())
        shares = [found.get(word, 0) / max(1, total) for word in words]
        if has_others:
            shares.append(max(0.0, 1 - sum(shares)) if total else 0.0)
        missing = int(splits[split].missing.sum())
        rows = len(splits[split].missing)
        made[split] = ProfiledSplit(rows, missing, shares=tuple(shares), distinct=len(found))
    drift = {}
    rows = sum(train.values())
    if len(train) <= min(MOST_COMPARED, max(MOST_VALUES, MOST_OF_ROWS * rows)):
        for split, found in list(counted.items())[1:]:
            if sum(found.values()) and sum(train.values()):
                drift[split] = _drift_of_words(train, found)
    labels = (*words, OTHERS) if has_others else words
    return ProfiledColumn(name, uses, True, made, words=labels, drift=drift)


def _words(column: ColumnValues) -> dict[str, int]:
    values = column.values[~column.missing].reshape(-1)
    found: dict[str, int] = {}
    for value in values.tolist():
        word = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
        found[word] = found.get(word, 0) + 1
    return found


def _drift_of_words(train: Mapping[str, int], other: Mapping[str, int]) -> Drift:
    words = sorted({*train, *other})
    counts = np.asarray([[train.get(word, 0), other.get(word, 0)] for word in words], dtype=float)
    totals = counts.sum(axis=0)
    distance = float(np.abs(counts[:, 0] / totals[0] - counts[:, 1] / totals[1]).sum() / 2)
    together = counts.sum(axis=1) / counts.sum()
    draws = np.random.default_rng(0)
    first = draws.multinomial(int(totals[0]), together, DRAWS) / totals[0]
    second = draws.multinomial(int(totals[1]), together, DRAWS) / totals[1]
    drawn = np.abs(first - second).sum(axis=1) / 2
    # so few draws have no 1000th: the tail is taken to be that of a normal distribution
    return Drift(distance, float(drawn.mean() + 3.1 * drawn.std()))
