"""Where the windows of a series come from, and what forecasts without a model say of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from modelspec.data.prepare import Series
from modelspec.data.table import Array, RowNumbers
from modelspec.spec.data import HORIZON, LAST_ROW


@dataclass(frozen=True, slots=True)
class WindowRows:
    """The rows of examples that are windows over a series.

    Attributes:
        series: the rows in order.
        starts: int64 [n]: where the window of each example starts.
        group_names: [rows of the series]: the group of each; None without groups.
        values: output name to the values [rows of the series, columns] of the targets that take
            the rows of the horizon and are numbers.
        season: after how many rows the course repeats; None where that is not known.
    """

    series: Series
    starts: RowNumbers
    group_names: Array | None
    values: Mapping[str, Array]
    season: int | None

    def take(self, part: slice) -> WindowRows:
        """Those of a range of examples."""
        return replace(self, starts=self.starts[part])

    def groups(self) -> Array | None:
        """The name of the group of each example; None without groups."""
        if self.group_names is None:
            return None
        found: Array = self.group_names[self.starts]
        return found

    def naive(self, output: str) -> Array:
        """The last value that is known, for each step: [n, horizon, columns]."""
        windows = self.series.windows
        last = self.values[output][windows.positions(self.starts, LAST_ROW)]
        return np.repeat(last[:, np.newaxis], windows.horizon, axis=1)

    def seasonal_naive(self, output: str) -> Array | None:
        """The value of the same step one season before: [n, horizon, columns].

        NaN where the series does not reach back so far; None where no season is known.
        """
        if self.season is None:
            return None
        series, windows = self.series, self.series.windows
        ahead = windows.gap + np.arange(1, windows.horizon + 1)
        back = -(-ahead // self.season) * self.season  # the last one that is known
        positions = windows.positions(self.starts, HORIZON)
        before = positions - back
        inside = np.maximum(before, 0)
        known = (before >= 0) & series.usable[inside]
        known &= series.groups[inside] == series.groups[positions]
        found: Array = self.values[output][inside].astype(np.float64)
        found[~known] = np.nan
        return found
