"""Intervals around measures: how far chance in the choice of the rows may have moved them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import isfinite, sqrt
from typing import Any

import numpy as np

from .measures import Measure
from .predictions import Array, SplitPredictions

CONFIDENCE = 0.95
RESAMPLES = 1000
SEED = 0

Z = 1.959963984540054
"""The 0.975 quantile of the normal distribution, of an interval of `CONFIDENCE`."""

LEAST_UNITS = 5
"""Rows, or groups of rows, below which drawing them again says nothing of other rows."""

BLOCK_NUMBERS = 1 << 22
"""Counts that are in memory at once, 32 MiB."""

ROW, FILE, STEP = "row", "file", "step"
"""The place of a row: its number, its file, and which of the rows that a window forecasts it is."""

WILSON, BOOTSTRAP = "wilson", "bootstrap"


@dataclass(frozen=True, slots=True)
class Interval:
    """A measure with an interval of 95 % around it.

    Attributes:
        value: over all rows; NaN where it has none.
        low: the lower end; None where the rows are too few for one, or all are alike.
        high: the upper end, or None as `low` is.
        n: how many rows there are.
        units: how many were drawn, each with all its rows: `n`, or the groups of these.
        method: "wilson" or "bootstrap"; None without ends.
    """

    value: float
    low: float | None
    high: float | None
    n: int
    units: int
    method: str | None

    def __str__(self) -> str:
        """Such as `0.983 [0.967, 0.994]`; the value alone without ends."""
        return f"{_text(self.value)} {self.ends}".rstrip()

    @property
    def ends(self) -> str:
        """Such as `[0.967, 0.994]`; "" without."""
        if self.low is None or self.high is None:
            return ""
        return f"[{_text(self.low)}, {_text(self.high)}]"

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {
            "value": self.value if isfinite(self.value) else None,
            "low": self.low,
            "high": self.high,
            "n": self.n,
            "units": self.units,
            "method": self.method,
        }


def _text(value: float) -> str:
    """Three digits after the point, or four in all of what is far from 1."""
    return f"{value:.3f}" if 0.1 <= abs(value) < 100 or value == 0 else f"{value:.4g}"


def intervals_of(
    measures: Iterable[Measure],
    size: int,
    units: Array | None = None,
    *,
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> dict[str, Interval]:
    """The intervals of several measures of the same rows, by name.

    A share of rows that are right has Wilson's interval, which needs no drawing and holds at 0 and
    1, where all draws are alike: E. B. Wilson, "Probable inference, the law of succession, and
    statistical inference", JASA 22 (1927) 209-212; recommended for few rows by Brown, Cai and
    DasGupta, "Interval estimation for a binomial proportion", Statistical Science 16 (2001)
    101-133. All else has the percentiles of a bootstrap: B. Efron and R. Tibshirani, "An
    Introduction to the Bootstrap" (1993), chapter 13. Rows of one unit are drawn together, shares
    too, as they are not independent.

    Args:
        measures: of the rows.
        size: n, how many rows there are.
        units: int [n], the unit of each row, such as its group; None where each is its own.
        resamples: how often the units are drawn.
        seed: of the draws.
    """
    measures = list(measures)
    number = np.arange(size) if units is None else np.unique(units, return_inverse=True)[1]
    count = int(number.max()) + 1 if size else 0
    drawn = [m for m in measures if units is not None or m.hits is None]
    draws = _draws(drawn, number, count, resamples, seed) if count >= LEAST_UNITS else {}
    return {m.name: _interval(m, size, count, draws.get(m.name)) for m in measures}


def _interval(measure: Measure, size: int, units: int, draws: Array | None) -> Interval:
    value = measure.value(size)
    if draws is not None and isfinite(value):
        finite = draws[np.isfinite(draws)]
        low, high = np.percentile(finite, [100 * (1 - CONFIDENCE) / 2, 100 * (1 + CONFIDENCE) / 2])
        if high > low:
            return Interval(value, float(low), float(high), size, units, BOOTSTRAP)
    if measure.hits is not None and size:
        low, high = wilson(value, units)
        return Interval(value, low, high, size, units, WILSON)
    return Interval(value, None, None, size, units, None)


@dataclass(frozen=True, slots=True, eq=False)
class RowUnits:
    """What is drawn together of the rows of a split.

    Attributes:
        levels: int [n] each, the coarsest first; without one each row is drawn alone.
        same: int [n], the row of each prediction, where several models predict one; else None.
    """

    levels: tuple[Array, ...] = ()
    same: Array | None = None

    def take(self, rows: Array) -> RowUnits:
        """Those of some predictions, by position or mask."""
        same = None if self.same is None else self.same[rows]
        return RowUnits(tuple(level[rows] for level in self.levels), same)

    def count(self, rows: Array) -> int:
        """How many rows some predictions are of, by position."""
        return len(rows) if self.same is None else len(np.unique(self.same[rows]))

    def of(self, rows: Array) -> Array | None:
        """The units of some rows, by position or mask: those of the coarsest level that has as
        many as an interval takes; None where the rows are drawn alone."""
        parts = [level[rows] for level in self.levels]
        return next((part for part in parts if len(np.unique(part)) >= LEAST_UNITS), None)


def units_of(split: SplitPredictions, group: str | None) -> RowUnits:
    """What is drawn together of the rows of a split.

    Rows of one group are; else, of windows that forecast several rows, as many windows in a row as
    rows are forecast, since those have rows in common; else the predictions of one row by several
    models. Within fewer groups than `LEAST_UNITS`, as in the slice of one group, an interval says
    what other rows of these groups would give.

    Args:
        split: the predictions.
        group: the column whose values are groups, if there is one.
    """
    levels: list[Array] = []
    repeated = None if STEP in split.places else _repeated_rows(split)
    if group is not None and group in split.columns:
        levels.append(np.unique(split.columns[group].astype(str), return_inverse=True)[1])
    if STEP in split.places:
        steps = split.places[STEP]
        window = np.cumsum(steps == 1) - 1
        levels.append(window // max(1, int(steps.max(initial=1))))
    levels += [] if repeated is None else [repeated]
    return RowUnits(tuple(levels), repeated)


def _repeated_rows(split: SplitPredictions) -> Array | None:
    """The same number for a row that several models predict; None where each is predicted once."""
    if ROW not in split.places:
        return None
    places = [split.places[name] for name in (FILE, ROW) if name in split.places]
    codes = [np.unique(values.astype(str), return_inverse=True)[1] for values in places]
    number = np.unique(np.stack(codes), axis=1, return_inverse=True)[1].reshape(-1)
    return None if number.max(initial=-1) + 1 == len(number) else np.asarray(number)


def wilson(share: float, count: int) -> tuple[float, float]:
    """The ends of Wilson's interval of 95 % around a share of `count` independent rows."""
    square = Z * Z
    middle = (share + square / (2 * count)) / (1 + square / count)
    half = sqrt(share * (1 - share) / count + square / (4 * count * count)) * Z
    half /= 1 + square / count
    # at 0 and 1 the sums of floats may miss the end by their last digit
    low = 0.0 if share == 0 else max(0.0, middle - half)
    return low, 1.0 if share == 1 else min(1.0, middle + half)


def _draws(
    measures: list[Measure], number: Array, count: int, resamples: int, seed: int
) -> dict[str, Array]:
    """Each measure of each draw, [resamples]; all measures see the same draws.

    Args:
        measures: of n rows.
        number: int [n], the unit of each row.
        count: how many units there are.
        resamples: how often they are drawn.
        seed: of the draws.
    """
    if not measures:
        return {}
    draw = np.random.default_rng(seed)
    block = max(1, BLOCK_NUMBERS // len(number))
    is_own = count == len(number) and bool((number == np.arange(count)).all())
    found: dict[str, list[Array]] = {measure.name: [] for measure in measures}
    for start in range(0, resamples, block):
        counts = np.empty((min(block, resamples - start), len(number)))
        for row in counts:
            times = np.bincount(draw.integers(0, count, count), minlength=count)
            row[:] = times if is_own else times[number]
        for measure in measures:
            found[measure.name].append(measure.of_counts(counts))
    return {name: np.concatenate(parts) for name, parts in found.items()}
