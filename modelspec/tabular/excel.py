"""Sheets of workbooks (.xlsx and the like), read by python-calamine. Needs no numpy."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from modelspec.unpacking import UnpacksTooLargeError, refuse_large_workbook

from .cells import NULL_WORDS

EXCEL_EXTRA = "keras-modelspec[excel]"

LETTERS = 26


class WorkbookError(Exception):
    """A workbook or a sheet that cannot be read as a table; its text says why.

    Attributes:
        hint: what to do.
        code: of the finding.
    """

    def __init__(self, message: str, hint: str = "", code: str = "bad-data-file") -> None:
        super().__init__(message)
        self.hint = hint
        self.code = code


class Sheet(NamedTuple):
    """A table in a sheet.

    Attributes:
        name: of the sheet.
        names: of the columns.
        places: where each column stands, from 0.
        rows: the cells of each row; those at its end may be absent. None for an empty cell, a
            number, text, a truth value, or a date or time as ISO text.
        first_row: the number of the first of `rows`, as the program shows it.
    """

    name: str
    names: Sequence[str]
    places: Sequence[int]
    rows: Sequence[Sequence[Any]]
    first_row: int

    def values(self, column: str) -> Iterator[Any]:
        """The cells of a column."""
        place = self.places[self.names.index(column)]
        return (row[place] if place < len(row) else None for row in self.rows)

    def cell(self, column: str, row: int) -> str:
        """The name of a cell, such as C12; `row` counts from 0."""
        return f"{letters(self.places[self.names.index(column)])}{row + self.first_row}"


def letters(place: int) -> str:
    """The name of a column by its number from 0: A, B, ..., Z, AA."""
    text = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, LETTERS)
        text = chr(ord("A") + rest) + text
    return text


def read_sheet(path: Path, sheet: str | int | None, header: int | Sequence[str]) -> Sheet:
    """The table of one sheet.

    Args:
        path: of the workbook.
        sheet: its name, or its number from 1; None for the only one.
        header: the number of the row with the names, or the names where no row has them.

    Raises:
        WorkbookError: it is no table.
        ModuleNotFoundError: python-calamine is not installed.
        OSError: it cannot be opened.
    """
    import python_calamine as calamine

    with path.open("rb"):  # says what is wrong in the words of the system
        pass
    try:
        refuse_large_workbook(path)
    except UnpacksTooLargeError as error:
        far = "; where a cell stands far from the table, delete it"
        raise WorkbookError(f"is not read: {error}", error.hint + far) from error
    try:
        book = calamine.CalamineWorkbook.from_path(path)
    except calamine.PasswordError as error:
        raise WorkbookError("has a password", "save it without one") from error
    except calamine.CalamineError as error:
        raise WorkbookError(f"is not a workbook: {error}") from error
    name = _chosen(book.sheet_names, sheet)
    try:
        cells = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    except calamine.CalamineError as error:
        raise WorkbookError(f"cannot be read at sheet {name}: {error}") from error
    rows = [[_value(cell) for cell in row] for row in cells]
    while rows and all(cell is None for cell in rows[-1]):
        rows.pop()
    if isinstance(header, int):
        return _with_names_of(name, rows, header)
    widest = max((len(row) for row in rows), default=0)
    if widest != len(header):
        message = f"has {widest} columns in sheet {name}, and `header` has {len(header)} names"
        raise WorkbookError(message, "name each column once")
    return Sheet(name, tuple(header), range(len(header)), rows, 1)


def _chosen(names: Sequence[str], sheet: str | int | None) -> str:
    shown = ", ".join(names)
    if isinstance(sheet, int):
        if sheet <= len(names):
            return names[sheet - 1]
        message = f"has no sheet number {sheet}: it has {len(names)}"
        raise WorkbookError(message, f"its sheets are {shown}")
    if sheet is not None:
        if sheet in names:
            return sheet
        raise WorkbookError(f"has no sheet `{sheet}`", f"its sheets are {shown}")
    if len(names) == 1:
        return names[0]
    example = f"write one of them, such as `sheet: {names[0]}`; they are {shown}"
    raise WorkbookError(f"has {len(names)} sheets", example)


def _with_names_of(sheet: str, rows: list[list[Any]], header: int) -> Sheet:
    """The table below the row with the names."""
    if len(rows) <= header:
        message = f"has no rows below row {header} of sheet {sheet}"
        raise WorkbookError(message, code="empty-data")
    given, below = rows[header - 1], rows[header:]
    width = max(len(row) for row in rows)
    given = [*given, *[None] * (width - len(given))]
    used = [place for place in range(width) if any(_at(row, place) is not None for row in below)]
    for place in used:
        if given[place] is None:
            message = f"has values below cell {letters(place)}{header} of sheet {sheet}, which is"
            hint = "write a name there"
            likely = _likely_header(rows, used)
            if likely not in (None, header):
                hint = f"if row {likely} has the names, write `header: {likely}`"
            raise WorkbookError(f"{message} empty and should name the column", hint)
    places = [place for place, name in enumerate(given) if name is not None]
    names = [_name(given[place]) for place in places]
    twice = [name for index, name in enumerate(names) if name in names[:index]]
    if twice:
        message = f"has two columns called `{twice[0]}` in sheet {sheet}"
        raise WorkbookError(message, "rename one of them", "duplicate-column")
    return Sheet(sheet, tuple(names), tuple(places), below, header + 1)


def _likely_header(rows: list[list[Any]], used: Sequence[int]) -> int | None:
    """The number of the first row that has text in all columns that are used."""
    for number, row in enumerate(rows, 1):
        if all(isinstance(_at(row, place), str) for place in used):
            return number
    return None


def _at(row: Sequence[Any], place: int) -> Any:
    return row[place] if place < len(row) else None


def _name(value: Any) -> str:
    """A name as text: 2024 for 2024.0."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def _value(cell: Any) -> Any:
    if isinstance(cell, str):
        return None if cell.strip() in NULL_WORDS else cell
    if isinstance(cell, datetime.datetime):
        is_day = cell.time() == datetime.time()
        return DateText(cell.date().isoformat() if is_day else cell.isoformat(" "))
    if isinstance(cell, (datetime.date, datetime.time)):
        return DateText(cell.isoformat())
    return DateText(cell) if isinstance(cell, datetime.timedelta) else cell


class DateText(str):
    """A date or a time as ISO text."""

    __slots__ = ()
