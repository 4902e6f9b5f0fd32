"""Which sizes are legal, as a pattern: all from 9, multiples of 16, only 8."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import NamedTuple

from modelspec.diagnostics import join_words

WINDOW = 96
"""So many sizes in a row are tried."""

MAX_PERIOD = 32
"""Five poolings by 2."""

FURTHER = (256, 1024, 16384)
"""Sizes that are tried if no smaller one is legal."""

FAR = (240, 241, 720, 1022, 1023, 1024, 4096, 5040, 5041)
"""Sizes at which a pattern is tried."""

LISTED = 6
"""So many single sizes are listed."""


class Pattern(NamedTuple):
    """The legal sizes of an axis: `also`, and from `least` to `most` those of `residues`.

    Attributes:
        least: the smallest of the row.
        most: the largest; None for no end.
        period: after so many sizes the row repeats.
        residues: which sizes it has, modulo `period`.
        also: single sizes below it.
    """

    least: int
    most: int | None
    period: int
    residues: tuple[int, ...]
    also: tuple[int, ...] = ()

    def __contains__(self, size: object) -> bool:
        if not isinstance(size, int):
            return False
        in_row = self.least <= size and (self.most is None or size <= self.most)
        return size in self.also or (in_row and size % self.period in self.residues)

    @property
    def single_sizes(self) -> tuple[int, ...] | None:
        """All legal sizes where these are few."""
        if self.most is None or self.most - self.least >= self.period * LISTED:
            return None
        row = range(self.least, self.most + 1)
        found = (*self.also, *(size for size in row if size in self))
        return found if len(found) <= LISTED else None

    def nearest(self, size: int) -> int:
        """The size itself if it is legal, else the next legal one, else the one before."""
        above = range(size, max(size, self.least) + self.period + 1)
        below = range(size, 0, -1)
        return next(found for row in (above, below) for found in row if found in self)

    def text(self, names: Sequence[str]) -> str:
        """What holds for these sizes: `T >= 9`, `H and W multiples of 16`, `any T`."""
        name = join_words(names)
        singles = self.single_sizes
        if singles is not None:
            return f"{name} = {join_words(map(str, singles), 'or')}"
        also = f", or {join_words(map(str, self.also), 'or')}" if self.also else ""
        if len(self.residues) == self.period:
            least = f"{self.least} <= " if self.least > 1 else ""
            if self.most is not None:
                return f"{least}{name} <= {self.most}{also}"
            return f"{name} >= {self.least}{also}" if least else f"any {name}"
        most = "" if self.most is None else f" up to {self.most}"
        return f"{name} {self._row_text(several=len(names) > 1)}{most}{also}"

    def _row_text(self, *, several: bool) -> str:
        """The row: `a multiple of 16`, `odd from 5`, `5, 13, 21, ... (every 8)`."""
        start = f" from {self.least}" if self.least > self.period else ""
        if self.residues == (0,):
            return f"{'multiples' if several else 'a multiple'} of {self.period}{start}"
        if self.period == 2:
            return f"odd{start}"
        row = range(self.least, self.least + 3 * self.period)
        shown = [str(size) for size in row if size in self._replace(also=())]
        again = (
            f"repeating every {self.period}" if len(self.residues) > 1 else f"every {self.period}"
        )
        return f"= {', '.join(shown[: 2 * len(self.residues) + 1])}, ... ({again})"


def find_pattern(is_legal: Callable[[int], bool], window: int = WINDOW) -> Pattern | None:
    """The pattern of the legal sizes.

    Args:
        is_legal: whether a size is; it is asked for a few hundred sizes.
        window: so many sizes in a row show the pattern.

    Returns:
        None where no size is known to be legal, or they have no simple pattern.
    """
    first = next((size for size in range(1, window + 1) if is_legal(size)), None)
    if first is not None:
        found = _pattern_in(range(1, window + 1), is_legal)
        return found or _pattern_in(range(first, first + WINDOW), is_legal)
    for size in FURTHER:
        if is_legal(size - 1) and is_legal(size):
            start = _first_of_run(size, is_legal)
            return _pattern_in(range(start, start + WINDOW), is_legal)
    for start in (1 + WINDOW, 1 + 2 * WINDOW):
        found = _pattern_in(range(start, start + WINDOW), is_legal)
        if found is not None:
            return _from_its_least(found, is_legal)
    return None


def _pattern_in(window: range, is_legal: Callable[[int], bool]) -> Pattern | None:
    """The pattern, of which a window of sizes shows some periods."""
    legal = [size for size in window if is_legal(size)]
    if not legal:
        return None
    beyond = any(is_legal(size) for size in FAR if size > window[-1])
    if not beyond and not any(map(is_legal, _along(legal, window))):
        return _ended(legal) if window[0] <= WINDOW or len(legal) > LISTED else None
    row = _row_in(window, set(legal))
    if row is None:
        return None
    if all((size in row) == is_legal(size) for size in FAR if size > window[-1]):
        return row
    return _with_end(row, window[-1], is_legal)


def _from_its_least(row: Pattern, is_legal: Callable[[int], bool]) -> Pattern:
    """The pattern of a row that begins before the window."""
    least = row.least
    while least > row.period and is_legal(least - row.period):
        least -= row.period
    return row._replace(least=least)


def _first_of_run(size: int, is_legal: Callable[[int], bool]) -> int:
    """The smallest size from which on all are legal, by halving."""
    low, high = 0, size
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if is_legal(middle) else (middle, high)
    return high


def _along(legal: list[int], window: range) -> list[int]:
    """Sizes beyond the window at which the row may go on."""
    steps = {b - a for a, b in pairwise(legal)} | {1}
    return [legal[-1] + step * 40 for step in steps] + [window[-1] + 1]


def _ended(legal: list[int]) -> Pattern | None:
    """The pattern of a row that ends within the window."""
    if len(legal) <= LISTED:
        return Pattern(legal[-1], legal[-1], 1, (0,), tuple(legal[:-1]))
    row = _row_in(range(legal[0], legal[-1] + 1), set(legal))
    return None if row is None else row._replace(most=legal[-1])


def _row_in(window: range, legal: set[int]) -> Pattern | None:
    """The pattern with the smallest period that holds from somewhere in the first half on."""
    for period in range(1, MAX_PERIOD + 1):
        last = len(window) - 1
        broken = [
            size
            for size in window[: last + 1 - period]
            if (size in legal) != (size + period in legal)
        ]
        start = broken[-1] + 1 if broken else window[0]
        if window[-1] - start + 1 < 2 * period or start - window[0] > len(window) // 2:
            continue
        row = [size for size in window if size >= start and size in legal]
        if not row:
            continue
        residues = tuple(sorted({size % period for size in row}))
        also = tuple(size for size in window if size < start and size in legal)
        if len(also) > LISTED:
            continue
        return Pattern(row[0], None, period, residues, also)
    return None


def _with_end(row: Pattern, known: int, is_legal: Callable[[int], bool]) -> Pattern | None:
    """The pattern with its largest size, by halving, where the row ends beyond the window."""
    low = known - (known - row.least) % row.period
    while low not in row:
        low -= 1
    step = row.period
    high = low + step
    while is_legal(high) and high < FAR[-1]:
        low, high = high, low + (high - low) * 2 + step
        high -= (high - low) % step
    while high - low > step:
        middle = low + (high - low) // step // 2 * step
        low, high = (middle, high) if is_legal(middle) else (low, middle)
    end = low
    while is_legal(end + 1) and end + 1 in row:
        end += 1
    ended = row._replace(most=end)
    return ended if all((size in ended) == is_legal(size) for size in FAR) else None
