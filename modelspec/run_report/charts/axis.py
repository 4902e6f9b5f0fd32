"""The axes of a chart: where values lie, and which of them are named."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

WIDTH, HEIGHT = 440.0, 260.0
"""Of a chart, in units of which the page shows 440 in its width or fewer."""

TOP, RIGHT, BOTTOM = 18.0, 14.0, 40.0

MOST_TICKS = 6.5

MOST_DIGITS = 12
"""Of a tick: more are those of rounding."""

DIGIT = 6.4
"""The width of a character of a label."""


@dataclass(frozen=True, slots=True)
class Axis:
    """The range of values of an axis.

    Attributes:
        least: the value at its beginning.
        most: that at its end, which is larger.
        title: what the values are.
        is_whole: whether only whole numbers are named.
    """

    least: float
    most: float
    title: str
    is_whole: bool = False

    @staticmethod
    def around(values: Iterable[float], title: str, *, from_zero: bool = False) -> Axis:
        """One that has all values, and ends at values with few digits."""
        finite = [value for value in values if math.isfinite(value)]
        least, most = min(finite, default=0.0), max(finite, default=1.0)
        if from_zero:
            least, most = min(0.0, least), max(0.0, most)
        if most - least <= abs(most) * 1e-9:
            half = abs(most) / 2 or 0.5
            least, most = (0.0 if from_zero and least >= 0 else least - half), most + half
        step = _step(most - least)
        return Axis(
            math.floor(least / step + 1e-9) * step, math.ceil(most / step - 1e-9) * step, title
        )

    @staticmethod
    def exactly(least: float, most: float, title: str) -> Axis:
        """One with these ends."""
        return Axis(least, most if most > least else least + 1, title)

    @property
    def ticks(self) -> list[float]:
        """The values that are named."""
        step = self._step
        first = math.ceil(self.least / step - 1e-9)
        last = math.floor(self.most / step + 1e-9)
        return [index * step for index in range(first, last + 1)]

    @property
    def labels(self) -> list[str]:
        """The names of `ticks`."""
        return [tick_text(value, self._step) for value in self.ticks]

    @property
    def _step(self) -> float:
        step = _step(self.most - self.least)
        return max(1.0, step) if self.is_whole else step

    def part(self, value: float) -> float:
        """Where a value lies, from 0 to 1."""
        return (value - self.least) / (self.most - self.least)


def _step(span: float) -> float:
    """The distance of ticks: 1, 2 or 5 of some power of ten, with six between the ends at most."""
    rough = span / MOST_TICKS
    power = 10.0 ** math.floor(math.log10(rough))
    return next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough * 0.999)


def tick_text(value: float, step: float) -> str:
    """A tick with as many digits as its distance to the next one needs."""
    if abs(value) < step / 2:
        return "0"
    if abs(value) >= 1e6 or step < 1e-4:
        apart = math.floor(math.log10(abs(value))) - math.floor(math.log10(step) + 1e-9) + 1
        return f"{value:.{min(MOST_DIGITS, max(3, apart))}g}"
    digits = max(0, -math.floor(math.log10(step) + 1e-9))
    return f"{value:,.{digits}f}"


@dataclass(frozen=True, slots=True)
class Frame:
    """The rectangle in which values are drawn."""

    x: Axis
    y: Axis

    @property
    def left(self) -> float:
        """How much room the names of the vertical axis take."""
        return 26 + DIGIT * max((len(label) for label in self.y.labels), default=1)

    def place(self, x: float, y: float) -> tuple[float, float]:
        """Where a point is drawn; one outside of the range lies at its end."""
        across = min(1.0, max(0.0, self.x.part(x)))
        up = min(1.0, max(0.0, self.y.part(y)))
        left = self.left
        return left + across * (WIDTH - RIGHT - left), TOP + (1 - up) * (HEIGHT - BOTTOM - TOP)


def n(value: float) -> str:
    """A coordinate with one decimal at most."""
    return f"{value:.1f}".removesuffix(".0")
