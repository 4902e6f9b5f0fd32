"""From values to places along an axis, and the values that an axis names."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from ...record import RecordedDimension
from ..wording import number_text

TICKS = 5
LOG_FROM = 100.0
"""Positive numbers are on a log scale where the largest is so many times the smallest."""


class AxisScale(Protocol):
    """An axis of length 1."""

    def place(self, value: Any) -> float:
        """Where a value lies, from 0 to 1."""

    @property
    def ticks(self) -> list[tuple[float, str]]:
        """Places and what is written there."""


@dataclass(frozen=True, slots=True)
class NumberScale:
    """Numbers from `low` to `high`, linear or by their logarithms."""

    low: float
    high: float
    log: bool = False
    whole: bool = False

    def place(self, value: Any) -> float:
        """Where a number lies; numbers outside are at the ends."""
        low, high, number = self.low, self.high, float(value)
        if self.log:
            low, high, number = math.log(low), math.log(high), math.log(max(number, low * 1e-9))
        if high == low:
            return 0.5
        return min(max((number - low) / (high - low), 0.0), 1.0)

    @property
    def ticks(self) -> list[tuple[float, str]]:
        """Round numbers."""
        values = self._log_ticks() if self.log else self._linear_ticks()
        return [(self.place(value), number_text(value)) for value in values]

    def _log_ticks(self) -> list[float]:
        first, last = math.ceil(math.log10(self.low)), math.floor(math.log10(self.high))
        if last - first < 1:
            return [self.low, self.high]
        step = -(-(last - first) // TICKS)
        return [10.0**power for power in range(first, last + 1, step)]

    def _linear_ticks(self) -> list[float]:
        width = self.high - self.low
        if width <= 0:
            return [self.low]
        rough = width / TICKS
        size = 10.0 ** math.floor(math.log10(rough))
        step = next(size * one for one in (1, 2, 5, 10) if size * one >= rough * 0.999)
        if self.whole:
            step = max(round(step), 1)
        first, last = math.ceil(self.low / step - 1e-9), math.floor(self.high / step + 1e-9)
        return [step * number for number in range(first, last + 1)]


@dataclass(frozen=True, slots=True)
class LabelScale:
    """Labels at equal distances."""

    labels: tuple[Any, ...]

    def place(self, value: Any) -> float:
        """Where a label lies; one that is not known lies with the first."""
        index = next((n for n, one in enumerate(self.labels) if _same(one, value)), 0)
        return index / (len(self.labels) - 1) if len(self.labels) > 1 else 0.5

    @property
    def ticks(self) -> list[tuple[float, str]]:
        """All of them."""
        return [(self.place(one), str(one)) for one in self.labels]


def _same(one: Any, other: Any) -> bool:
    """Whether two labels are one: `true` is not 1."""
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)


def scale_of_dimension(dimension: RecordedDimension) -> AxisScale:
    """The scale of all values that a dimension can have."""
    if dimension.low is None or dimension.high is None:
        return LabelScale(dimension.labels)
    whole = dimension.kind == "int"
    return NumberScale(dimension.low, dimension.high, dimension.log, whole)


def scale_of_values(values: Sequence[float]) -> NumberScale:
    """The scale of some numbers, with a little room; by logarithms where they differ by much."""
    low, high = min(values), max(values)
    if low > 0 and high / low >= LOG_FROM:
        return NumberScale(low / 1.1, high * 1.1, log=True)
    room = (high - low) * 0.05 or abs(high) * 0.05 or 0.5
    return NumberScale(low - room, high + room)
