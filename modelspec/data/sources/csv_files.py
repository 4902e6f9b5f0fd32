"""Csv files as text: opening them whatever they are compressed with, and the names of columns.

Needs nothing but the standard library, so that a file can be looked at where pyarrow is missing.
"""

from __future__ import annotations

import bz2
import codecs
import csv
import gzip
import io
import lzma
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import IO, Any

from modelspec.diagnostics import Findings
from modelspec.spec.data import CSV
from modelspec.tabular import GUESSED, MARKS, Dialect, csv_option, dialect_of

from .files import DataFile

BLOCK = 1 << 16
"""Bytes of a file in another encoding than UTF-8 that are decoded at once."""

FIELD_LIMIT = 1 << 24
"""The largest field that is read, in characters: text to learn from may be long."""

Opener = Callable[[Path], IO[bytes]]


def _gzip(path: Path) -> Any:
    return gzip.open(path, "rb")


def _bz2(path: Path) -> Any:
    return bz2.open(path, "rb")


def _xz(path: Path) -> Any:
    return lzma.open(path, "rb")


def _zstd(path: Path) -> Any:
    """Unpacked by pyarrow: the standard library cannot."""
    import pyarrow as pa

    return io.BufferedReader(pa.input_stream(str(path), compression="zstd"))


COMPRESSIONS: dict[str, Opener] = {".gz": _gzip, ".bz2": _bz2, ".xz": _xz, ".zst": _zstd}
"""The endings of compressed files, and what opens each."""

TEXT_ERRORS = (OSError, EOFError, csv.Error, lzma.LZMAError, ValueError)
"""What opening, unpacking, decoding and dividing a file can raise; UnicodeDecodeError is one."""


def separator_hint(file: DataFile, header: Sequence[str]) -> str:
    """What to do about a csv whose one column shows that something else divides it."""
    if file.source.kind != CSV or len(header) > 1:
        return ""
    dialect = dialect_of(file.source)
    for mark in (",", *GUESSED):
        if mark in header[0] and mark != dialect.delimiter:
            mend = f": write {csv_option('delimiter', mark)}"
            if file.by_hand:
                mend = f"; new files are read as those of the training, by {dialect.mark}s"
            return f"{MARKS[mark]}s seem to divide its columns{mend}"
    return ""


def open_bytes(path: Path) -> IO[bytes]:
    """The bytes of a file, unpacked."""
    opener = COMPRESSIONS.get(path.suffix.lower())
    return path.open("rb") if opener is None else opener(path)


def csv_columns(file: DataFile, findings: Findings) -> list[str] | None:
    """The names in the header row; None with a finding where there is none to use."""
    try:
        header = header_of(file)
    except ModuleNotFoundError:
        report_missing_package(file, "files compressed with zstd", findings)
        return None
    except TEXT_ERRORS as error:
        report_unreadable(file, error, findings)
        return None
    if not header:
        message = f"{file.name} is empty; its first row must name the columns"
        findings.error(
            file.span, "empty-data", message, hint="see whether what wrote it ended early"
        )
        return None
    repeated = [name for name, count in Counter(header).items() if count > 1]
    if repeated:
        name = f"called `{repeated[0]}`" if repeated[0] else "without a name"
        message = f"{file.name} has two columns {name}"
        findings.error(file.span, "duplicate-column", message, hint="rename one of them")
        return None
    return header


def header_of(file: DataFile) -> list[str]:
    """The first row that is not empty, or no names; what follows is not decoded."""
    with open_bytes(file.path) as stream:
        return next(csv_rows(stream, dialect_of(file.source)), [])


def report_unreadable(file: DataFile, error: Exception, findings: Findings) -> None:
    """A finding for a file that cannot be opened, unpacked or decoded."""
    hint = ""
    if isinstance(error, UnicodeError):
        report_not_text(file, findings)
        return
    if file.path.suffix.lower() in COMPRESSIONS and not getattr(error, "strerror", None):
        message = f"{file.name} cannot be unpacked: {error}"
        hint = "its name says how it is compressed; the file is damaged, or has another name's end"
    else:
        message = f"{file.name} cannot be read: {getattr(error, 'strerror', None) or error}"
    findings.error(file.span, "bad-data-file", message, hint=hint)


def report_not_text(file: DataFile, findings: Findings) -> None:
    """A finding for a file with bytes that are no text in its encoding."""
    dialect = dialect_of(file.source)
    name = "UTF-8" if dialect.is_utf8 else dialect.encoding
    hint = f"save the file as {name}"
    if file.source.kind == CSV and not file.by_hand:
        hint = f"{hint}, or write its encoding, such as {csv_option('encoding', 'cp1252')}"
    message = f"{file.name} is not {name} text"
    findings.error(file.span, "bad-data-file", message, hint=hint)


def report_wrong_width(
    file: DataFile, row: int, values: Sequence[str], wanted: int, findings: Findings
) -> None:
    """A finding for a row that has not as many values as the header.

    Args:
        file: where the row is.
        row: its number; the header is row 1.
        values: what it has.
        wanted: how many values the header has.
        findings: takes the finding.
    """
    dialect = dialect_of(file.source)
    got, text = len(values), dialect.delimiter.join(values)
    many = f"{got} value{'' if got == 1 else 's'}"
    message = f"{file.name}, row {row} has {many}, the header has {wanted}: {text[:80]}"
    hint = f"a value with a {dialect.mark} in it needs quotes"
    if got < wanted:
        hint = f"where a value is missing, its {dialect.mark} is needed all the same"
    findings.error(file.span, "bad-data-file", message, hint=hint)


def find_ragged(file: DataFile, findings: Findings) -> bool:
    """Whether some row has not as many values as the header; a finding for the first."""
    with open_bytes(file.path) as stream:
        rows = csv_rows(stream, dialect_of(file.source))
        wanted = len(next(rows, []))
        for number, row in enumerate(rows, 2):
            if len(row) != wanted:
                report_wrong_width(file, number, row, wanted, findings)
                return True
    return False


def report_missing_package(file: DataFile, what: str, findings: Findings) -> None:
    """A finding for a file that the base install cannot read."""
    message = f"{file.name} cannot be read: {what} need the package pyarrow"
    hint = "install it with pip install 'keras-modelspec[tensorflow]', or pip install pyarrow"
    findings.error(file.span, "needs-package", message, hint=hint)


def csv_rows(stream: IO[bytes], dialect: Dialect) -> Any:
    """The rows of a file as lists of text, empty lines left out; the first is the header."""
    csv.field_size_limit(FIELD_LIMIT)
    rows = csv.reader(_lines(stream, dialect), delimiter=dialect.delimiter)
    return (row for row in rows if row)


def _lines(stream: IO[bytes], dialect: Dialect) -> Iterator[str]:
    """The lines of a file as text; of UTF-8, none is decoded before it is asked for."""
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


def report_no_rows(file: DataFile, findings: Findings) -> None:
    """A finding for a file without rows."""
    message = f"{file.name} has a header and no rows"
    hint = "see whether what wrote it ended early"
    findings.error(file.span, "empty-data", message, hint=hint)
