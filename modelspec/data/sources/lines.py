"""The source `lines`: text files of which each line is an example. Needs no numpy to be found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from modelspec.diagnostics import Findings
from modelspec.spec.data import LINE_COLUMN
from modelspec.tabular import TEXT_ERRORS, open_text

from .files import DataFile, report_unreadable, text_bytes
from .source import DataSource

if TYPE_CHECKING:
    from modelspec.data.table import ColumnMap, ColumnUse, FileChunks

LINE_BYTES = 64
"""Bytes of a line of which it is estimated how many a file has."""

CHUNK_LINES = 1 << 14
"""Lines that are read at once."""


def line_columns(file: DataFile, findings: Findings) -> list[str]:
    """The one column. A file that cannot be read is reported when it is."""
    del file, findings
    return [LINE_COLUMN]


def read_lines(file: DataFile, uses: Sequence[ColumnUse], findings: Findings) -> FileChunks | None:
    """The lines of a file that are long enough, read again each time; None with findings."""
    from modelspec.data.table import FileChunks, TablePart, text_column

    del uses
    try:
        count = sum(1 for _ in _lines(file))
    except TEXT_ERRORS as error:
        report_unreadable(file, error, findings)
        return None
    if not count:
        least = file.source.options["min_length"]
        message = f"{file.name} has no line of at least {least} character{'s' * (least > 1)}"
        hint = "check whether the program that wrote it stopped early"
        findings.error(file.span, "empty-data", message, hint=hint if least == 1 else "")
        return None

    def read(names: Sequence[str]) -> Iterator[ColumnMap]:
        lines = _lines(file)
        while chunk := list(islice(lines, CHUNK_LINES)):
            yield dict.fromkeys(names, text_column(chunk))

    return FileChunks(TablePart(file.name, count, 1), read)


def _lines(file: DataFile) -> Iterator[str]:
    """The lines of a file without their ends, in order; those that are too short are left out."""
    options = file.source.options
    least = options["min_length"]
    with open_text(file.path, options["encoding"]) as text:
        for line in text:
            found = line.rstrip("\r\n")
            if len(found) >= least:
                yield found


def estimate_lines(file: DataFile) -> float:
    """About how many lines of `LINE_BYTES` a file has; 0 where it cannot be found."""
    try:
        return text_bytes(file.path) / LINE_BYTES
    except OSError:
        return 0


LINES_SOURCE = DataSource(
    columns=line_columns,
    read=read_lines,
    stream=read_lines,
    count_rows=estimate_lines,
    takes_any_name=True,
)
