"""Reading csv files with pyarrow: only the columns that are used, with their missing values."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from modelspec.data.table import (
    LABEL,
    TEXT,
    ColumnUse,
    FileChunks,
    TablePart,
    column_names,
    memory_chunks,
)
from modelspec.diagnostics import Findings, first_line
from modelspec.tabular import NULL_WORDS, dialect_of

from .csv_files import (
    TEXT_ERRORS,
    find_ragged,
    open_bytes,
    report_no_rows,
    report_not_text,
    report_unreadable,
)
from .files import DataFile

COUNTS_FROM = 2
"""The header is row 1."""

BLOCK = 2 << 20
"""Bytes that are parsed at once; they become a piece of the table."""


def read_csv(file: DataFile, needs: Sequence[ColumnUse], findings: Findings) -> FileChunks | None:
    """The needed columns of one file, held as Arrow has them; None with findings.

    Args:
        file: a file whose header has all columns of `needs`.
        needs: which columns, and what for: text and labels stay text even where they look like
            numbers.
        findings: takes rows that are no rows and files that are no csv.
    """
    table = read_arrow(file, needs, findings)
    if table is None:
        return None
    return memory_chunks(part_of(file, table.num_rows), table.to_batches(), needs)


def part_of(file: DataFile, rows: int) -> TablePart:
    """A file with its rows, as messages and numbers take it."""
    return TablePart(file.name, rows, COUNTS_FROM, decimal=dialect_of(file.source).decimal)


def read_arrow(file: DataFile, needs: Sequence[ColumnUse], findings: Findings) -> Any:
    """The needed columns as a `pyarrow.Table`; None with findings."""

    def read() -> tuple[Any, Sequence[Any], int]:
        table = _read(file, needs)
        return table, table.schema.types, table.num_rows

    return sound(file, read, findings)


def sound(
    file: DataFile, read: Callable[[], tuple[Any, Sequence[Any], int]], findings: Findings
) -> Any:
    """What is read of a csv file; None with a finding where it has no rows, or is none.

    Args:
        file: the file.
        read: gives what is read, the Arrow types of its columns, and how many rows it has.
        findings: takes what is wrong.
    """
    import pyarrow as pa

    try:
        found, types, rows = read()
    except pa.ArrowInvalid as error:
        _refuse(file, error, findings)
        return None
    except (*TEXT_ERRORS, pa.ArrowException) as error:
        report_unreadable(file, error, findings)
        return None
    if pa.binary() in types:  # what pyarrow makes of text that is not UTF-8
        report_not_text(file, findings)
        return None
    if not rows:
        report_no_rows(file, findings)
        return None
    return found


def text_columns(needs: Sequence[ColumnUse]) -> list[str]:
    """The columns that stay text even where they look like numbers."""
    return [need.column for need in needs if need.kind in (TEXT, LABEL)]


def convert_options(file: DataFile, columns: Sequence[str], types: Mapping[str, Any]) -> Any:
    """What pyarrow makes of the fields: only some columns, and some of given types."""
    import pyarrow.csv as pc

    return pc.ConvertOptions(
        decimal_point=dialect_of(file.source).decimal,
        null_values=sorted(NULL_WORDS),
        strings_can_be_null=True,
        include_columns=list(columns),
        column_types=dict(types),
    )


def _read(file: DataFile, needs: Sequence[ColumnUse]) -> Any:
    """Read in parallel, whatever stands in quotes.

    A file is cut into blocks at ends of lines. Where one stands inside quotes, pyarrow notices
    that it is out of step, and the blocks have to be found more slowly.
    """
    import pyarrow as pa
    import pyarrow.csv as pc

    types = dict.fromkeys(text_columns(needs), pa.string())
    convert = convert_options(file, column_names(needs), types)

    dialect = dialect_of(file.source)
    read_options = pc.ReadOptions(block_size=BLOCK, encoding=dialect.encoding)

    def read(*, newlines: bool) -> Any:
        parse = pc.ParseOptions(delimiter=dialect.delimiter, newlines_in_values=newlines)
        if file.path.suffix.lower() != ".xz":  # all others pyarrow unpacks itself
            return pc.read_csv(file.path, read_options, parse, convert)
        with open_bytes(file.path) as stream:
            return pc.read_csv(stream, read_options, parse, convert)

    try:
        return read(newlines=False)
    except pa.ArrowInvalid:
        return read(newlines=True)


def _refuse(file: DataFile, error: Exception, findings: Findings) -> None:
    """What pyarrow cannot parse as a finding; it does not always tell which row it was."""
    try:
        if find_ragged(file, findings):
            return
    except TEXT_ERRORS as bad:
        report_unreadable(file, bad, findings)
        return
    if "UTF8" in str(error):
        report_not_text(file, findings)
    else:
        message = f"{file.name} is not a csv file: {first_line(error)}"
        findings.error(file.span, "bad-data-file", message)
