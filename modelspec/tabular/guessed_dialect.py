"""The dialect of a csv file that comes without a word about it: guessed from its first rows."""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

from .cells import NumberMarks, parse_number, without_unit
from .csv_files import DECIMAL_COMMA, OTHER_DELIMITERS, Dialect, open_text

GUESS_ROWS = 20_000
"""Rows that the decimal mark and the header are guessed from."""

FEWEST_ROWS = 5
"""Rows without which a first row counts as a header."""

_THOUSANDS_MARKS = ",. '"
_GROUPED = r"[-+]?[1-9][0-9]{{0,2}}(?:[{mark}][0-9]{{3}})+(?:[.,][0-9]*)?\Z"
_PLAIN = re.compile(r"[-+]?[0-9]+(?:[.,][0-9]*)?\Z")
_DECIMAL_POINT = re.compile(r"[-+]?[0-9]+\.[0-9]+(?:[eE][-+]?[0-9]+)?\Z")
_BOTH_MARKS = re.compile(r"[-+]?[1-9][0-9]{0,2}(?:\.[0-9]{3})+,[0-9]+\Z")
_THOUSANDS = re.compile(r"[-+]?[0-9]{1,3}(?:,[0-9]{3})+\Z")


def guess_dialect(path: Path, encoding: str) -> Dialect:
    """The delimiter of a file, from its first row; decimal mark and header, from its first rows.

    Raises:
        OSError, EOFError, UnicodeError, csv.Error: the file cannot be read.
    """
    with open_text(path, encoding) as file:
        header = next((row for row in csv.reader(file) if row), [])
    delimiter = ","
    if len(header) == 1:
        there = (mark for mark in OTHER_DELIMITERS if mark in header[0])
        delimiter = max(there, key=header[0].count, default=",")
    with open_text(path, encoding) as file:
        rows = list(islice(csv.reader(file, delimiter=delimiter), GUESS_ROWS))
    rows, found = _without_units([row for row in rows if row])
    decimal = "." if delimiter == "," else _guess_decimal(rows)
    thousands = _guess_thousands([row for row in rows if row], decimal)
    has_header = _has_header([row for row in rows if row], decimal)
    units = {rows[0][at] if has_header else str(at): unit for at, unit in found.items()}
    return Dialect(
        delimiter, decimal, encoding, has_header, thousands=thousands, units=units or None
    )


_SYMBOLS = "$€£¥%"
_WORDS = (
    "EUR|USD|GBP|CHF|SEK|NOK|DKK|JPY|CNY|INR|PLN|CZK|AUD|CAD|kr|zł|kg|g|mg|lb|lbs|oz|t|km|m|cm|mm|"
    "mi|ft|in|l|ml|h|min|s|ms|days|years|km/h|mph|kWh|kW|W|MB|GB|°C|°F|m²|ha|pt|px"
)
_WITH_UNIT = re.compile(
    rf"\s*(?:([{_SYMBOLS}]|EUR|USD|GBP|CHF)\s?(?=[-+]?[0-9])|(?=[-+]?[0-9]))[-+]?"
    r"[0-9](?:[0-9.,]|['\u2019 \u00a0\u202f](?=[0-9]))*"
    rf"(?:\s?([{_SYMBOLS}]|{_WORDS}))?\s*\Z"
)
"""A number, with a known unit before or behind it, or with none."""


def _without_units(rows: Sequence[Sequence[str]]) -> tuple[list[list[str]], dict[int, str]]:
    """Rows whose numbers have no units, and the units of their columns by position."""
    found: dict[int, str] = {}
    if len({len(row) for row in rows}) == 1:
        for position, column in enumerate(zip(*rows[1:], strict=True)):
            if unit := _unit_of_column(column):
                found[position] = unit
    whole = [list(row) for row in rows]
    for row in whole[1:] if found else ():
        for position, unit in found.items():
            row[position] = without_unit(row[position], unit)
    return whole, found


def _unit_of_column(column: Sequence[str]) -> str:
    """The one unit of most cells, where all with a digit are numbers with it or none; or ""."""
    units: dict[str, int] = {}
    for cell in column:
        if not _DIGIT.search(cell):
            continue
        match = _WITH_UNIT.match(cell)
        if match is None or (match[1] and match[2]):
            return ""
        unit = match[1] or match[2] or ""
        units[unit] = units.get(unit, 0) + 1
    named = [unit for unit in units if unit]
    return named[0] if len(named) == 1 and units[named[0]] > units.get("", 0) else ""


_DIGIT = re.compile("[0-9]")


def _guess_thousands(rows: Sequence[Sequence[str]], decimal: str) -> str:
    """What stands between thousands in a column where no number above 999 is without it."""
    if len({len(row) for row in rows}) != 1:
        return ""
    marks = [_thousands_of(column, decimal) for column in zip(*rows[1:], strict=True)]
    found = [mark for mark in marks if mark]
    return max(sorted(set(found)), key=found.count, default="")


def _thousands_of(column: Sequence[str], decimal: str) -> str:
    """The mark, or "". Words without a digit, such as "n.a.", tell nothing of it."""
    values = {cell.strip() for cell in column if _DIGIT.search(cell)}
    for mark in _THOUSANDS_MARKS:
        marked = {value for value in values if mark in value}
        grouped = re.compile(_GROUPED.format(mark=mark))
        if mark == decimal or len(marked) * 50 < len(values) or not all(map(grouped.match, marked)):
            continue
        alone = [value.replace(",", ".") for value in values - marked]
        if marked and all(_PLAIN.match(value) and float(value) < 1000 for value in alone):
            return mark
    return ""


def _has_header(rows: Sequence[Sequence[str]], decimal: str) -> bool:
    """False only where it is sure that the first row has values.

    Then every column of numbers has a number there, every column of text a text that comes again,
    and a decimal shows that the numbers are no names such as years.
    """
    first, others = rows[0] if rows else [], rows[1:]
    if len(others) < FEWEST_ROWS or any(len(row) != len(first) for row in others):
        return True
    values = list(map(set, zip(*others, strict=True)))
    numeric = [all(_is_number(value, decimal) for value in column) for column in values]
    is_value = [
        _is_number(cell, decimal) if is_numeric else cell in column
        for cell, column, is_numeric in zip(first, values, numeric, strict=True)
    ]
    fractions = [cell for cell in first if _is_number(cell, decimal) and decimal in cell]
    return not (all(is_value) and fractions)


def _is_number(cell: str, decimal: str) -> bool:
    return not cell or not math.isnan(parse_number(cell, NumberMarks(decimal)))


def _guess_decimal(rows: Sequence[Sequence[str]]) -> str:
    """A comma where numbers have one that cannot separate thousands, as all points can."""
    cells = {cell for row in rows for cell in row}
    commas = [cell for cell in cells if DECIMAL_COMMA.match(cell) or _BOTH_MARKS.match(cell)]
    points = [cell for cell in cells if _DECIMAL_POINT.match(cell)]
    if not commas or all(map(_THOUSANDS.match, commas)):
        return "."
    return "," if all(map(re.compile(_GROUPED.format(mark=".")).match, points)) else "."
