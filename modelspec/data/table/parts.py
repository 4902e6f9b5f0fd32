"""The files that the rows of a table came from. Needs no numpy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from modelspec.tabular import PLAIN_MARKS, NumberMarks


@dataclass(frozen=True, slots=True)
class TablePart:
    """One file of a table.

    Attributes:
        name: what messages call the file.
        rows: how many rows it has.
        first_row: the number of its first row in messages: 2 for a csv, whose header is row 1; 0
            for an npz, as numpy counts.
        files: for a folder, the file name of each row.
        digest: a hash of all rows where they did not come from a file.
        marks: those in numbers that are text.
        units: what stands before or behind such numbers of some columns.
    """

    name: str
    rows: int
    first_row: int
    files: Sequence[str] = ()
    digest: bytes = b""
    marks: NumberMarks = PLAIN_MARKS
    units: Mapping[str, str] = field(default_factory=dict)

    def marks_of(self, column: str) -> NumberMarks:
        """The marks in numbers of a column that are text."""
        unit = self.units.get(column)
        return self.marks if unit is None else self.marks._replace(unit=unit)


def names_of_parts(parts: Sequence[TablePart]) -> str:
    """What messages call a table: its only file, or the first of several."""
    first = parts[0].name
    return first if len(parts) == 1 else f"{first} and {len(parts) - 1} more"


def locate_row(parts: Sequence[TablePart], row: int) -> str:
    """Where the row with a number from 0 came from: `penguins.csv, row 18`; or its file."""
    for part in parts[:-1]:
        if row < part.rows:
            break
        row -= part.rows
    else:
        part = parts[-1]
    return part.files[row] if part.files else f"{part.name}, row {row + part.first_row}"
