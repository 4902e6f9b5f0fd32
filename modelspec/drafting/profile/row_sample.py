"""Some rows of a table, evenly among all, to compare its columns with one another."""

from __future__ import annotations

from collections.abc import Sequence

MOST_ROWS = 4_000
MOST_CELLS = 1_000_000
FEWEST_ROWS = 500
MOST_COMPARED = 200_000


class RowSample:
    """Every n-th row of a table of unknown length, column by column; n doubles as it fills.

    Attributes:
        columns: the values of each column, as text; "" is a missing one.
        copies: how many of the first `MOST_COMPARED` rows are there before, value for value.
    """

    def __init__(self, columns: int) -> None:
        self.copies = 0
        self._known: set[int] = set()
        self.columns: list[list[str]] = [[] for _ in range(columns)]
        self._most = max(FEWEST_ROWS, min(MOST_ROWS, MOST_CELLS // max(1, columns)))
        self._step, self._seen = 1, 0

    def add(self, values: Sequence[Sequence[str]]) -> None:
        """Take a chunk of rows, given by its columns."""
        self._count_copies(values)
        first = -self._seen % self._step
        self._seen += len(values[0]) if values else 0
        for kept, found in zip(self.columns, values, strict=True):
            kept.extend(found[first :: self._step])
        while self.columns and len(self.columns[0]) > 2 * self._most:
            self._step *= 2
            self.columns = [kept[::2] for kept in self.columns]

    @property
    def step(self) -> int:
        """It has every n-th row; n."""
        return self._step

    def _count_copies(self, values: Sequence[Sequence[str]]) -> None:
        if self._seen >= MOST_COMPARED:
            return
        hashes = list(map(hash, zip(*values, strict=True)))
        before = len(self._known)
        self._known.update(hashes)
        self.copies += len(hashes) - (len(self._known) - before)
