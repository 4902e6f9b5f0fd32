"""What the cells of a csv file are, counted in one go by Python alone: needs no numpy."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from modelspec.data.prepare import ValueSummary
from modelspec.data.table import NUMBER, ColumnUse
from modelspec.tabular import NULL_WORDS, TRUTH_WORDS, parse_number

TRUTH = TRUTH_WORDS | {"0", "1"}
"""Cells that make a column one of booleans, where all are such."""


@dataclass(slots=True)
class ColumnTally:
    """What one column has shown, row by row.

    Attributes:
        missing: how many cells are empty; `first_missing` is the row of the first.
        present: how many are not.
        text: how many of these are no numbers; `first_text` and `first_word` are the first.
        infinite: the row of the first infinite number.
        truth: whether all are booleans.
        words: each different cell that is kept, and its first row.
        suspect: the first number that `odd` finds odd, and its row.
        decimal: what stands before the decimals of a number.
    """

    numeric: bool
    words_wanted: bool
    odd: Callable[[float], bool] | None = None
    missing: int = 0
    first_missing: int = 0
    present: int = 0
    text: int = 0
    first_text: int = 0
    first_word: str = ""
    infinite: int | None = None
    truth: bool = True
    words: dict[str, int] = field(default_factory=dict)
    suspect: tuple[float, int] | None = None
    decimal: str = "."

    def is_missing(self, cell: str) -> bool:
        """Whether a cell stands for a missing value."""
        return cell in NULL_WORDS or (self.numeric and cell.strip().lower() in ("nan", "-nan"))

    def miss(self, row: int) -> None:
        """Count a missing value."""
        if not self.missing:
            self.first_missing = row
        self.missing += 1

    def look(self, cell: str, row: int, *, kept: bool) -> None:
        """Count a cell that is not missing; `kept` where no rule drops its row."""
        self.present += 1
        if self.words_wanted and kept and cell not in self.words:
            self.words[cell] = row
        if not self.numeric:
            return
        if self.truth and cell not in TRUTH:
            self.truth = False
        value = parse_number(cell, self.decimal)
        if math.isnan(value):
            if not self.text:
                self.first_text, self.first_word = row, cell
            self.text += 1
        elif math.isinf(value):
            if self.infinite is None:
                self.infinite = row
        elif self.odd is not None and self.suspect is None and kept and self.odd(value):
            self.suspect = (value, row)

    @property
    def is_text(self) -> bool:
        """Whether the column is one of text, where its use leaves that open."""
        return not self.truth and self.text > 0

    def seen(self, need: ColumnUse) -> ValueSummary:
        """The same in the form of which faults are made."""
        if need.kind != NUMBER:
            infinite = None if self.is_text or not self.numeric else self.infinite
            return ValueSummary(need, self.present, infinite=infinite)
        if self.truth and self.present:
            return ValueSummary(need, self.present)
        first = (self.text, self.first_text, self.first_word)
        return ValueSummary(need, self.present, *first, None if self.text else self.infinite)


def tally(
    row: Sequence[str],
    number: int,
    places: Mapping[str, int],
    cells: Mapping[str, ColumnTally],
    dropping: Sequence[str],
) -> bool:
    """Count the cells of one row.

    Args:
        row: all its cells.
        number: of the row, from 0.
        places: column to its place in the row.
        cells: column to what it has shown so far.
        dropping: columns whose missing values take their row out.

    Returns:
        Whether the row stays.
    """
    kept = not any(cells[name].is_missing(row[places[name]]) for name in dropping)
    for name, column in cells.items():
        cell = row[places[name]]
        if column.is_missing(cell):
            column.miss(number)
        else:
            column.look(cell, number, kept=kept)
    return kept
