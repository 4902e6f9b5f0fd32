"""Derived columns of csv files, made row by row: their cells follow those of the file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from math import isfinite

from modelspec.data.prepare import DateCheck
from modelspec.data.table import ColumnUse
from modelspec.spec.data import DATES, NUMBERS, Derived, label_text, own_source
from modelspec.tabular import parse_date, parse_number

from .tally import ColumnTally

Value = float | str | datetime | None


def positions_of(
    columns: Sequence[str], header: Sequence[str], derived: Sequence[Derived]
) -> dict[str, int]:
    """Column to its position in a row with the cells of the derived columns at its end."""
    own = {own_source(one.name): one.name for one in derived}
    found = {one.name: len(header) + number for number, one in enumerate(derived)}
    for name in columns:
        if name not in found:
            found[name] = header.index(own.get(name, name))
    return found


def derived_cells(
    row: Sequence[str],
    positions: Mapping[str, int],
    derived: Sequence[Derived],
    columns: Mapping[str, ColumnTally],
) -> list[str]:
    """The cells of the derived columns; "" where they are missing.

    Args:
        row: the cells of the file.
        positions: as `positions_of` gives them.
        derived: each after those that it is made of.
        columns: their tallies, which know what is missing, and the marks in numbers.
    """
    known: dict[str, float | None] = {}
    for one in derived:
        values: dict[str, Value] = {}
        for name, takes in one.takes.items():
            if name in known:
                values[name] = known[name]
            else:
                values[name] = _value(row[positions[name]], takes, one, columns[name])
        known[one.name] = one.of_row(values)
    return [_cell(value, columns.get(name)) for name, value in known.items()]


def _cell(value: float | None, column: ColumnTally | None) -> str:
    """A number as the file would have it."""
    if value is None:
        return ""
    text = label_text(value)
    return text if column is None else text.replace(".", column.marks.decimal)


def _value(cell: str, takes: str, one: Derived, column: ColumnTally) -> Value:
    """What a cell stands for; None where it is missing, or is not what the column takes."""
    if column.is_missing(cell):
        return None
    if takes == DATES:
        return parse_date(cell, one.form, is_time=one.is_time)
    if takes == NUMBERS:
        number = parse_number(cell, column.marks)
        return number if isfinite(number) else None
    return cell


def date_checks(
    uses: Sequence[ColumnUse], columns: Mapping[str, ColumnTally]
) -> Iterator[DateCheck]:
    """The first text of each column that is no date, where a derived column takes dates."""
    for use in uses:
        one = use.derived
        if one is None or not use.takes_dates:
            continue
        words = columns[use.column].words
        bad = [
            (row, word)
            for word, row in words.items()
            if parse_date(word, one.form, is_time=one.is_time) is None
        ]
        if bad:
            yield DateCheck(use, *min(bad))
