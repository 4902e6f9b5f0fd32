"""How well a single column says the target: one that does so almost surely gives it away."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from itertools import groupby, pairwise

from .column_profile import ColumnProfile

FEWEST = 20
"""With fewer rows, anything may agree."""

FEW_VALUES = 5
"""With so many rows for each number or more, numbers are compared as names are."""

SURE_ROWS = 200
"""With fewer rows, a column of numbers that divides classes well is suspected, not left out."""

LEAK_OF_CLASSES, LEAK_OF_NUMBERS = 0.98, 0.995
SUSPECT_OF_CLASSES, SUSPECT_OF_NUMBERS = 0.95, 0.95


def measure_leak(
    column: ColumnProfile, values: Sequence[str], target: Sequence[str], *, is_regression: bool
) -> float:
    """How much of the target the column says by itself: 0 is nothing, 1 all of it.

    For classes it is the share of wrong guesses that it saves, for numbers that of the variance.

    Args:
        column: what it holds.
        values: of some rows.
        target: the target in these rows; rows without it do not count.
        is_regression: whether the target is a number.
    """
    pairs = [(value, said) for value, said in zip(values, target, strict=True) if said]
    if len(pairs) < FEWEST:
        return 0.0
    if is_regression:
        if not column.is_number:
            return 0.0
        known = [(float(value), float(said)) for value, said in pairs if value]
        has_most = len(known) * 2 > len(pairs)
        return max(_correlation(known), _of_neighbours(known)) if has_most else 0.0
    if column.is_number and column.distinct * FEW_VALUES > column.present:
        return _divides([(float(value or "-inf"), said) for value, said in pairs])
    return _says(pairs)


def is_leak(figure: float, column: ColumnProfile, *, is_regression: bool) -> bool:
    """Whether a column that says so much is left out."""
    if is_regression:
        return figure >= LEAK_OF_NUMBERS
    has_few = column.distinct * FEW_VALUES <= column.present
    is_sure = column.rows >= SURE_ROWS or not column.is_number or has_few
    return figure >= LEAK_OF_CLASSES and is_sure


def is_suspect(figure: float, *, is_regression: bool) -> bool:
    """Whether a column that says so much is worth a warning."""
    return figure >= (SUSPECT_OF_NUMBERS if is_regression else SUSPECT_OF_CLASSES)


def _says(pairs: Sequence[tuple[str, str]]) -> float:
    """By the most frequent class among the other rows with the same value."""
    classes = Counter(said for _, said in pairs)
    of_value: dict[str, Counter[str]] = {}
    for value, said in pairs:
        of_value.setdefault(value, Counter())[said] += 1
    wrong = 0
    for counts in of_value.values():
        (_, most), *others = counts.most_common(2)
        rival = others[0][1] if others else 0
        is_tied = rival >= most - 1  # without a row of it, the most frequent one may be another
        wrong += counts.total() - (0 if is_tied and rival else most)
        wrong += counts.total() == 1
    return _saved(wrong, classes)


def _divides(pairs: Sequence[tuple[float, str]]) -> float:
    """By the class of the row whose number is next."""
    ordered = sorted(pairs, key=lambda pair: pair[0])
    wrong = 0
    for index, (value, said) in enumerate(ordered):
        near = [ordered[at] for at in (index - 1, index + 1) if 0 <= at < len(ordered)]
        wrong += min(near, key=lambda pair: _distance(pair[0], value))[1] != said
    return _saved(wrong, Counter(said for _, said in pairs))


def _distance(a: float, b: float) -> float:
    return 0.0 if a == b else abs(a - b)


def _saved(wrong: int, classes: Counter[str]) -> float:
    """The share of the wrong guesses by the largest class alone that are saved."""
    base = classes.total() - max(classes.values())
    return max(0.0, 1 - wrong / base) if base else 0.0


def _number(pair: tuple[float, float]) -> float:
    return pair[0]


def _correlation(pairs: Sequence[tuple[float, float]]) -> float:
    """Pearson's, squared."""
    count = len(pairs)
    means = [math.fsum(pair[side] for pair in pairs) / count for side in (0, 1)]
    centred = [(a - means[0], b - means[1]) for a, b in pairs]
    both = math.fsum(a * b for a, b in centred)
    squares = math.fsum(a * a for a, _ in centred) * math.fsum(b * b for _, b in centred)
    return both * both / squares if squares else 0.0


def _of_neighbours(pairs: Sequence[tuple[float, float]]) -> float:
    """By the target of the row whose number is next: also for a logarithm and the like."""
    ordered_pairs = sorted(pairs, key=_number)
    ordered = [list(rows) for _, rows in groupby(ordered_pairs, key=_number)]
    if len(ordered) * 5 < len(pairs):  # few numbers: neighbours are the same by chance of order
        return 0.0
    said = [pair[1] for rows in ordered for pair in rows]
    mean = math.fsum(said) / len(said)
    spread = math.fsum((value - mean) ** 2 for value in said) / len(said)
    steps = [(a - b) ** 2 for a, b in pairwise(said)]
    return max(0.0, 1 - math.fsum(steps) / len(steps) / (2 * spread)) if spread else 0.0
