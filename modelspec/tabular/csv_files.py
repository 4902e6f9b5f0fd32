"""Csv files: their dialect, given or guessed; opening them, compressed or not; and their rows.

Needs only the standard library, so that a file can be checked where pyarrow is missing.
"""

from __future__ import annotations

import bz2
import codecs
import csv
import gzip
import io
import lzma
import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import IO, Any, NamedTuple, TextIO

from modelspec.spec.data import CSV, Source, options_of

from .cells import (
    Nulls,
    NumberMarks,
    nulls_of,
    parse_number,
    without_thousands,
    without_unit,
)
from .plain_csv import plain_dialect, plain_stream

_NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar", " ": "space", ":": "colon"}

OTHER_DELIMITERS = ";\t|"
"""Delimiters to look for in a header that commas do not split."""

DECIMAL_COMMA = re.compile(r"[-+]?[0-9]+,[0-9]+(?:[eE][-+]?[0-9]+)?\Z")
"""A number with a decimal comma."""


def delimiter_name(delimiter: str) -> str:
    """What messages call a delimiter; one without a name is quoted."""
    return _NAMES.get(delimiter, f'"{delimiter}"')


class Dialect(NamedTuple):
    """How a csv file is written; its fields are the options of the source `csv`.

    `header` is whether the first row names the columns, or their names where no row does; False
    numbers them. `quote` and `comment` are "" for none.
    """

    delimiter: str = ","
    decimal: str = "."
    encoding: str = "utf-8"
    header: bool | tuple[str, ...] = True
    quote: str = '"'
    strip: bool = False
    comment: str = ""
    thousands: str = ""
    na: Any = None
    types: Mapping[str, str] | None = None
    units: Mapping[str, str] | None = None

    def nulls(self, column: str) -> Nulls:
        """What is missing in a column."""
        return nulls_of(self.na, column, self.marks_of(column))

    @property
    def marks(self) -> NumberMarks:
        """The marks in its numbers, without their units."""
        return NumberMarks(self.decimal, self.thousands)

    def marks_of(self, column: str) -> NumberMarks:
        """The marks in the numbers of a column."""
        return NumberMarks(self.decimal, self.thousands, (self.units or {}).get(column, ""))

    @property
    def delimiter_name(self) -> str:
        """What messages call the delimiter."""
        return delimiter_name(self.delimiter)

    @property
    def first_row(self) -> int:
        """The number of the first row of values in messages; a header is row 1."""
        return 2 if self.header is True else 1

    @property
    def is_utf8(self) -> bool:
        """Whether files are UTF-8, in which bytes can be split into lines before decoding."""
        return self.encoding.lower().replace("_", "-") in ("utf-8", "utf8")

    @property
    def written_options(self) -> dict[str, Any]:
        """The options that differ from their defaults, which a spec has to write."""
        defaults = Dialect()._asdict()
        found = {key: value for key, value in self._asdict().items() if value != defaults[key]}
        if found.get("quote") == "":
            found["quote"] = "none"
        if isinstance(self.header, tuple):
            found["header"] = list(self.header)
        return found

    @property
    def description(self) -> str:
        """What a comment in a drafted spec says of the options; empty for the defaults."""
        words = [f"separated by {self.delimiter_name}s"] if self.delimiter != "," else []
        words += ["with decimal commas"] if self.decimal != "." else []
        words += [f"thousands marked by {self.thousands!r}"] if self.thousands else []
        shown = [f"{unit} with the numbers of {name}" for name, unit in (self.units or {}).items()]
        words += shown[:3] + ["and others"] * (len(shown) > 3)
        words += ["with spaces around values"] if self.strip else []
        words += [] if self.header is True else ["no row names the columns, so they are numbered"]
        if self.encoding == "cp1252":
            words.append("not UTF-8: cp1252 is a guess, so check that all text reads well")
        elif self.encoding != "utf-8":
            words.append(f"in {self.encoding}")
        return ", ".join(words)

    def with_point(self, value: str, unit: str = "") -> str:
        """A cell as programs write it where it is a number: a decimal point, no other marks."""
        value = without_unit(value, unit) if unit else value
        value = without_thousands(value, self.marks)
        if self.decimal == ".":
            return value
        return value.replace(",", ".") if DECIMAL_COMMA.match(value) else value


def dialect_of(source: Source) -> Dialect:
    """The dialect of a `csv` source; the default one for a source of another kind."""
    options = {**options_of(CSV), **(source.options if source.kind == CSV else {})}
    header = options["header"]
    has_long_delimiter = len(options["delimiter"]) > 1
    return Dialect(
        options["delimiter"],
        options["decimal"],
        options["encoding"],
        header if isinstance(header, bool) else tuple(header),
        "" if has_long_delimiter or options["quote"] == "none" else options["quote"],
        options["strip"],
        options.get("comment", ""),
        options.get("thousands", ""),
        options.get("na"),
        options.get("types"),
        options.get("units"),
    )


def csv_option(key: str, value: str) -> str:
    """How a spec writes an option of a csv source, for hints."""
    shown = {"\t": '"\\t"', ",": '","', ";": '";"', "|": '"|"'}.get(value, value)
    return f"{{csv: {{path: …, {key}: {shown}}}}}"


BLOCK = 1 << 16
"""Bytes of a file in another encoding than UTF-8 that are decoded at once."""

FIELD_LIMIT = 1 << 24
"""The largest field that is read, in characters: text to learn from may be long."""

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

TEXT_ERRORS = (OSError, EOFError, csv.Error, lzma.LZMAError, ValueError)
"""What opening, decompressing, decoding and parsing can raise; ValueError covers Unicode's."""


def _gzip(path: Path) -> Any:
    return gzip.open(path, "rb")


def _bz2(path: Path) -> Any:
    return bz2.open(path, "rb")


def _xz(path: Path) -> Any:
    return lzma.open(path, "rb")


def _zstd(path: Path) -> Any:
    """By pyarrow: the standard library of Python 3.11 has no zstd."""
    import pyarrow as pa

    return io.BufferedReader(pa.input_stream(str(path), compression="zstd"))


COMPRESSIONS: dict[str, Callable[[Path], Any]] = {
    ".gz": _gzip,
    ".bz2": _bz2,
    ".xz": _xz,
    ".zst": _zstd,
}
"""Suffixes of compressed files, and what opens each."""


def is_compressed(path: Path) -> bool:
    """Whether the suffix of a file says that it is compressed."""
    return path.suffix.lower() in COMPRESSIONS


def open_bytes(path: Path) -> IO[bytes]:
    """A file for reading, decompressed.

    Raises:
        OSError: the file cannot be opened.
        ModuleNotFoundError: it is compressed with zstd, and pyarrow is missing.
    """
    opener = COMPRESSIONS.get(path.suffix.lower())
    return path.open("rb") if opener is None else opener(path)


def csv_rows(stream: IO[bytes], dialect: Dialect) -> Iterator[list[str]]:
    """The rows of a file without the empty ones; the first is the header where there is one.

    A row is decoded when it is asked for: bad bytes further down do not hide its errors.

    Args:
        stream: the file, as `open_bytes` opens it.
        dialect: how it is written.
    """
    csv.field_size_limit(FIELD_LIMIT)
    plain = plain_dialect(dialect)
    lines = _lines(plain_stream(stream, dialect), plain)
    if not plain.quote:
        rows = csv.reader(lines, delimiter=plain.delimiter, quoting=csv.QUOTE_NONE)
    else:
        rows = csv.reader(lines, delimiter=plain.delimiter, quotechar=plain.quote)
    return (row for row in rows if row)


def open_quote(stream: IO[bytes], dialect: Dialect) -> int | None:
    """The number of the row with a quote that nothing closes; None where every one is closed."""
    plain, at_end = plain_dialect(dialect), False

    def lines() -> Iterator[str]:
        nonlocal at_end
        yield from _lines(plain_stream(stream, dialect), plain)
        at_end = True

    number = 1
    try:
        for row in csv.reader(
            lines(), delimiter=plain.delimiter, quotechar=plain.quote, strict=True
        ):
            number += bool(row)
    except csv.Error:
        return number if at_end else None
    return None


def _lines(stream: IO[bytes], dialect: Dialect) -> Iterator[str]:
    if dialect.is_utf8:
        for number, line in enumerate(stream):
            yield line.decode("utf-8-sig" if number == 0 else "utf-8")
        return
    decoder = codecs.getincrementaldecoder(dialect.encoding)()
    rest = ""
    while block := stream.read(BLOCK):
        *lines, rest = (rest + decoder.decode(block)).split("\n")
        yield from (f"{line}\n" for line in lines)
    yield from [last for last in [rest + decoder.decode(b"", final=True)] if last]


def open_text(path: Path, encoding: str) -> TextIO:
    """A file as text, decompressed, without a byte order mark: decoded in blocks, so faster."""
    codec = "utf-8-sig" if encoding == "utf-8" else encoding
    return io.TextIOWrapper(open_bytes(path), codec, newline="")


def possible_encodings(path: Path) -> tuple[str, ...]:
    """The encodings to try, in order."""
    with open_bytes(path) as file:
        first = file.read(2)
    if first in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return ("utf-16",)
    return "utf-8", "cp1252"


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
