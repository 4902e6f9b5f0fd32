"""The cells of csv files, counted in one pass by Python alone."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import NamedTuple

from modelspec.data.prepare import ConditionTally, MissingCount, ValueSummary, condition_tallies
from modelspec.data.table import (
    ANY,
    NUMBER,
    ColumnUse,
    Purpose,
    TablePart,
    column_names,
    locate_row,
    names_of_parts,
)
from modelspec.spec.data import DataSpec, Value, comparable
from modelspec.tabular import (
    PLAIN_NULLS,
    TRUTH_WORDS,
    CommaEvidence,
    Dialect,
    Nulls,
    NumberMarks,
    list_mark,
    parse_number,
)

BOOLEANS = TRUTH_WORDS | {"0", "1"}
"""A column with such cells only holds booleans."""


@dataclass(slots=True)
class ColumnTally:
    """What one column holds.

    Attributes:
        is_numeric: whether some use of it takes numbers.
        collects_words: whether `words` is wanted.
        marks: the marks in its numbers.
        separator: what separates the values of a cell, where it is a list; "" where it is none.
        nulls: which cells are missing.
        is_unsuitable: tells a number that its use cannot take.
        missing: its missing values.
        present: how many cells are not missing.
        text: how many of these are not numbers; `first_text` and `first_word` are the first.
        infinite: the row of the first infinite number.
        is_boolean: whether all cells are booleans.
        words: each different cell of the rows that are kept, with its first row.
        unsuitable: the row of the first unsuitable number in a row that is kept, and the number.
        commas: what the commas in its numbers are.
    """

    is_numeric: bool
    collects_words: bool
    marks: NumberMarks
    separator: str = ""
    nulls: Nulls = PLAIN_NULLS
    is_unsuitable: Callable[[float], bool] | None = None
    missing: MissingCount = field(default_factory=MissingCount)
    present: int = 0
    text: int = 0
    first_text: int = 0
    first_word: str = ""
    infinite: int | None = None
    is_boolean: bool = True
    words: dict[str, int] = field(default_factory=dict)
    unsuitable: tuple[int, float] | None = None
    commas: CommaEvidence = field(default_factory=CommaEvidence)

    def is_missing(self, cell: str) -> bool:
        """Whether a cell stands for a missing value."""
        is_null = self.nulls.has(cell, self.marks, is_numeric=self.is_numeric)
        return is_null or (self.is_numeric and cell.strip().lower() in ("nan", "-nan"))

    def add_missing(self, row: int) -> None:
        """Count a missing value."""
        if not self.missing.count:
            self.missing.first_row = row
        self.missing.count += 1

    def add(self, cell: str, row: int, *, is_kept: bool) -> None:
        """Count a cell that is not missing; `is_kept` where no rule drops its row."""
        self.present += 1
        cells = [cell]
        if self.separator:
            cells = list_mark(self.separator).values(cell)
        for one in cells:
            self._add(one, row, is_kept=is_kept)

    def _add(self, cell: str, row: int, *, is_kept: bool) -> None:
        """Count one value."""
        if self.collects_words and is_kept and cell not in self.words:
            self.words[cell] = row
        if not self.is_numeric:
            return
        if self.is_boolean and cell not in BOOLEANS:
            self.is_boolean = False
        value = parse_number(cell, self.marks)
        if math.isnan(value):
            if not self.text:
                self.first_text, self.first_word = row, cell
            self.text += 1
            self.commas.add((cell,))
        elif math.isinf(value):
            if self.infinite is None:
                self.infinite = row
            return
        else:
            self.commas.add_number(value)
        if (
            self.is_unsuitable is not None
            and not math.isnan(value)
            and self.unsuitable is None
            and is_kept
            and self.is_unsuitable(value)
        ):
            self.unsuitable = row, value

    @property
    def is_text(self) -> bool:
        """Whether the values are text, as training would read them."""
        return not self.is_numeric or (not self.is_boolean and self.text > 0)

    def summary(self, use: ColumnUse) -> ValueSummary:
        """The values for one use of the column."""
        if use.kind != NUMBER:
            return ValueSummary(use, self.present, infinite=None if self.is_text else self.infinite)
        if self.is_boolean and self.present:
            return ValueSummary(use, self.present)
        first = (self.text, self.first_text, self.first_word)
        infinite = None if self.text else self.infinite
        return ValueSummary(use, self.present, *first, infinite, commas=self.commas)


class TableTally(NamedTuple):
    """The csv files of one source.

    Attributes:
        parts: its files.
        kept: how many rows no rule drops.
        columns: what each column holds.
        splits: the values of the column of `split`, each with the number of its kept rows.
        groups: with such a column, the values of that of `group` with the splits of their rows.
    """

    parts: Sequence[TablePart]
    kept: int
    columns: Mapping[str, ColumnTally]
    splits: Mapping[Value, int]
    groups: Mapping[Value, set[str]]

    @property
    def names(self) -> str:
        """What messages call the source."""
        return names_of_parts(self.parts)

    def locate(self, row: int) -> str:
        """Where the row with a number from 0 came from: `penguins.csv, row 18`."""
        return locate_row(self.parts, row)


class RowTally:
    """Which rows count, and the split that a column puts them into.

    Attributes:
        conditions: what the conditions of `where` met.
        counted: how many rows meet them all.
        splits: the values of the column of `split`, each with the number of its kept rows.
        groups: with such a column, the values of that of `group` with the splits of their rows.
    """

    def __init__(self, data: DataSpec, uses: Sequence[ColumnUse], dialect: Dialect) -> None:
        """Args: `uses` are of the columns that decide, `dialect` says how they are written."""
        names = column_names([use for use in uses if use.purpose is Purpose.WHERE])
        self.conditions: list[ConditionTally] = condition_tallies(data, names)
        self.counted = 0
        self.splits: dict[Value, int] = {}
        self.groups: dict[Value, set[str]] = {}
        self._data = data
        self._dialect = dialect
        self._split = next((u.column for u in uses if u.purpose is Purpose.SPLIT), None)
        numeric = [use for use in uses if use.kind == NUMBER]
        self._numbers = [
            (use, ColumnTally(True, False, dialect.marks_of(name), nulls=dialect.nulls(name)))
            for use in numeric
            for name in [use.column]
        ]
        self._nulls = {use.column: dialect.nulls(use.column) for use in uses}
        self._numeric = {use.column for use in uses if use.kind in (NUMBER, ANY)}

    def _value(self, column: str, cell: str) -> Value:
        is_numeric = column in self._numeric
        nulls = self._nulls.get(column) or self._dialect.nulls(column)
        marks = self._dialect.marks_of(column)
        is_null = nulls.has(cell, marks, is_numeric=is_numeric)
        return comparable(None if is_null else cell, partial(parse_number, marks=marks))

    def counts(self, row: Sequence[str], number: int, positions: Mapping[str, int]) -> bool:
        """Whether a row meets `where`; counts it."""
        for use, column in self._numbers:
            cell = row[positions[use.column]]
            if not column.is_missing(cell):
                column.add(cell, number, is_kept=True)
        met = [
            one.holds(self._value(name, row[positions[name]]))
            for one in self.conditions
            for name in [one.condition.column]
        ]
        self.counted += all(met)
        return all(met)

    def add_split(self, row: Sequence[str], positions: Mapping[str, int], *, is_kept: bool) -> None:
        """Count the value of the column of `split`."""
        if self._split is None or self._data.split is None:
            return
        value = self._value(self._split, row[positions[self._split]])
        self.splits[value] = self.splits.get(value, 0) + is_kept
        if self._data.group is not None and is_kept:
            group = self._value(self._data.group, row[positions[self._data.group]])
            self.groups.setdefault(group, set()).add(self._data.split.split_of(value))

    @property
    def summaries(self) -> list[ValueSummary]:
        """The values of columns that `where` compares with numbers."""
        return [column.summary(use) for use, column in self._numbers]


def tally_row(
    row: Sequence[str],
    number: int,
    positions: Mapping[str, int],
    columns: Mapping[str, ColumnTally],
    dropping: Sequence[str],
) -> bool:
    """Count the cells of one row.

    Args:
        row: all its cells.
        number: of the row, from 0.
        positions: column to its position in the row.
        columns: what each column holds so far.
        dropping: the columns whose missing values drop the row.

    Returns:
        Whether the row is kept.
    """
    is_kept = not any(columns[name].is_missing(row[positions[name]]) for name in dropping)
    for name, column in columns.items():
        cell = row[positions[name]]
        if column.is_missing(cell):
            column.add_missing(number)
        else:
            column.add(cell, number, is_kept=is_kept)
    return is_kept
