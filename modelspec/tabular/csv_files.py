"""Csv files: their dialect; opening them, compressed or not; and their rows.

Needs only the standard library, so that a file can be checked where pyarrow is missing.
"""

from __future__ import annotations

import bz2
import codecs
import csv
import gzip
import io
import lzma
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any, NamedTuple, TextIO

from modelspec.spec.data import CSV, Source, options_of
from modelspec.unpacking import BLOCK as UNPACKED_BLOCK
from modelspec.unpacking import counted, may_be_too_large

from .cells import (
    Nulls,
    NumberMarks,
    nulls_of,
    without_thousands,
    without_unit,
)
from .plain_csv import LINE_LIMIT, plain_dialect, plain_stream

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
        OSError: the file cannot be opened; also while it is read, an UnpacksTooLargeError.
        ModuleNotFoundError: it is compressed with zstd, and pyarrow is missing.
    """
    opener = COMPRESSIONS.get(path.suffix.lower())
    if opener is None:
        return path.open("rb")
    return counted(opener(path), path.stat().st_size)


def refuse_large_text(path: Path) -> None:
    """Refuse a small compressed file that unpacks to gigabytes, before anything of it is kept.

    Raises:
        UnpacksTooLargeError: it does.
        OSError, EOFError, lzma.LZMAError, ModuleNotFoundError: as `open_bytes` and reading raise.
    """
    suffix = path.suffix.lower()
    if suffix not in COMPRESSIONS:
        return
    if not may_be_too_large(path.stat().st_size, is_deflated=suffix == ".gz"):
        return
    with open_bytes(path) as stream:
        while stream.read(UNPACKED_BLOCK):
            pass


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
        for number, line in enumerate(iter(lambda: stream.readline(LINE_LIMIT), b"")):
            if len(line) == LINE_LIMIT:
                raise csv.Error(f"line {number + 1} has more than {LINE_LIMIT >> 20} MB")
            yield line.decode("utf-8-sig" if number == 0 else "utf-8")
        return
    decoder = codecs.getincrementaldecoder(dialect.encoding)()
    rest = ""
    while block := stream.read(BLOCK):
        *lines, rest = (rest + decoder.decode(block)).split("\n")
        yield from (f"{line}\n" for line in lines)
        if len(rest) > LINE_LIMIT:
            raise csv.Error(f"a line has more than {LINE_LIMIT >> 20} MB")
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
