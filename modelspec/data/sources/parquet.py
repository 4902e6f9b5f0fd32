"""The source `parquet`, read by pyarrow: only the used columns, in memory or batch by batch."""

from __future__ import annotations

import errno
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from modelspec.data.table import (
    CHUNK_ROWS,
    BrokenDataError,
    ColumnUse,
    FileChunks,
    TablePart,
    UnsuitableTypeError,
    check_type,
    column_names,
    file_chunks,
    memory_chunks,
)
from modelspec.diagnostics import Findings, first_line
from modelspec.tabular import refuse_large_parquet
from modelspec.unpacking import UnpacksTooLargeError

from .files import DataFile, find_files, report_missing_package, report_unreadable
from .source import DataSource

BUFFER = 1 << 20
"""Bytes of a column that a stream reads at once."""

FIRST_ROW = 0
"""The number of the first row in messages: pandas and pyarrow count so."""

SUFFIXES = (".parquet", ".pq")


def parquet_columns(file: DataFile, findings: Findings) -> list[str] | None:
    """The names of the columns; None with a finding where it is not a parquet file."""
    opened = open_parquet(file, findings)
    if opened is None:
        return None
    with opened:
        names = list(opened.schema_arrow.names)
        rows = opened.metadata.num_rows
    if rows == 0:
        findings.error(file.span, "empty-data", f"{file.name} has no rows")
        return None
    repeated = [name for name, count in Counter(names).items() if count > 1]
    if repeated:
        message = f"{file.name} has two columns called `{repeated[0]}`"
        findings.error(file.span, "duplicate-column", message, hint="rename one of them")
        return None
    return names


def open_parquet(file: DataFile, findings: Findings) -> Any:
    """The file as a `pyarrow.parquet.ParquetFile`, its data not yet read; None with a finding."""
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ModuleNotFoundError:
        report_missing_package(file, "parquet files", findings)
        return None
    try:
        return pq.ParquetFile(file.path, memory_map=False)
    except PermissionError as error:
        message = f"{file.name} cannot be read: {os.strerror(error.errno or errno.EACCES)}"
        findings.error(file.span, "bad-data-file", message)
    except (OSError, pa.ArrowException) as error:
        findings.error(file.span, "bad-data-file", _invalid(file, error))
    return None


def _invalid(file: DataFile, error: Exception) -> str:
    return f"{file.name} is not a valid parquet file: {first_line(error)}"


def check_types(file: DataFile, schema: Any, uses: Sequence[ColumnUse], findings: Findings) -> bool:
    """Whether the types of all columns suit their use; a finding for each that does not."""
    before = len(findings)
    for use in uses:
        try:
            check_type(schema.field(use.column).type, use)
        except UnsuitableTypeError as error:
            message = f"`{use.column}` of {file.name} {error}"
            findings.error(use.span, "wrong-column-type", message, hint=error.hint)
    return len(findings) == before


def read_parquet(
    file: DataFile, uses: Sequence[ColumnUse], findings: Findings
) -> FileChunks | None:
    """The used columns of one file, in memory as Arrow has them; None with findings.

    Args:
        file: a file that has all columns of `uses`.
        uses: which columns, and what for.
        findings: takes columns of types that are neither numbers nor text.
    """
    return _read(file, uses, findings, streams=False)


def stream_parquet(
    file: DataFile, uses: Sequence[ColumnUse], findings: Findings
) -> FileChunks | None:
    """The same, read from the file each time, a batch at a time."""
    return _read(file, uses, findings, streams=True)


def count_rows(file: DataFile) -> float:
    """How many rows a file has; 0 where it cannot be opened."""
    opened = open_parquet(file, Findings())
    if opened is None:
        return 0
    with opened:
        return int(opened.metadata.num_rows)


PARQUET_SOURCE = DataSource(
    columns=parquet_columns,
    read=read_parquet,
    stream=stream_parquet,
    count_rows=count_rows,
    suffixes=SUFFIXES,
    find=partial(find_files, suffixes=SUFFIXES),
)


def _read(
    file: DataFile, uses: Sequence[ColumnUse], findings: Findings, *, streams: bool
) -> FileChunks | None:
    opened = open_parquet(file, findings)
    if opened is None:
        return None
    with opened:
        rows = opened.metadata.num_rows
        if not check_types(file, opened.schema_arrow, uses, findings):
            return None
        try:
            refuse_large_parquet(opened, file.path, column_names(uses))
        except UnpacksTooLargeError as error:
            report_unreadable(file, error, findings)
            return None
    part = TablePart(file.name, rows, FIRST_ROW)
    if not streams:
        return memory_chunks(part, _whole(file, column_names(uses)), uses)
    return file_chunks(part, partial(_batches, file), uses)


def _whole(file: DataFile, names: Sequence[str]) -> list[Any]:
    """All rows of a file as record batches."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(file.path) as opened:
            table = opened.read(columns=list(names))
    except (OSError, pa.ArrowException) as error:
        raise _broken(file, error) from error
    batches: list[Any] = table.to_batches(max_chunksize=CHUNK_ROWS)
    return batches


def _broken(file: DataFile, error: Exception) -> BrokenDataError:
    return BrokenDataError(file.span, "bad-data-file", _invalid(file, error))


def _batches(file: DataFile, names: Sequence[str]) -> Iterator[Any]:
    """The rows of a file as record batches, of which a few are in memory at a time."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(file.path, buffer_size=BUFFER, pre_buffer=False) as opened:
            yield from opened.iter_batches(CHUNK_ROWS, columns=list(names))
    except (OSError, pa.ArrowException) as error:
        raise _broken(file, error) from error
