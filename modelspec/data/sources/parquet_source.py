"""Reading parquet files with pyarrow: only the columns that are used, whatever they hold."""

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

from .csv_files import report_missing_package
from .files import DataFile

BUFFER = 1 << 20
"""Bytes of a column that are read at once."""

COUNTS_FROM = 0
"""Rows of a parquet file are counted as pandas and pyarrow do; there is no header."""


def columns_of_parquet(file: DataFile, findings: Findings) -> list[str] | None:
    """The names of the columns; None with a finding where the file is no parquet file."""
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
    """The file as pyarrow has it, its data not yet read; None with a finding."""
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
        unsound(file, error, findings)
    return None


def unsound(file: DataFile, error: Exception, findings: Findings) -> None:
    """A finding for a file that is damaged, or something else."""
    message = f"{file.name} is not a sound parquet file: {first_line(error)}"
    findings.error(file.span, "bad-data-file", message)


def check_types(
    file: DataFile, schema: Any, needs: Sequence[ColumnUse], findings: Findings
) -> bool:
    """Whether the types of all columns suit their use; a finding for each that does not."""
    sound = True
    for need in needs:
        try:
            check_type(schema.field(need.column).type, need)
        except UnsuitableTypeError as unfit:
            message = f"`{need.column}` of {file.name} {unfit}"
            findings.error(need.span, "wrong-column-type", message, hint=unfit.hint)
            sound = False
    return sound


def read_parquet(
    file: DataFile, needs: Sequence[ColumnUse], findings: Findings
) -> FileChunks | None:
    """The needed columns of one file, held as Arrow has them; None with findings.

    Args:
        file: a file that has all columns of `needs`.
        needs: which columns, and what for.
        findings: takes columns of types that are neither numbers nor text.
    """
    return _read(file, needs, findings, streams=False)


def stream_parquet(
    file: DataFile, needs: Sequence[ColumnUse], findings: Findings
) -> FileChunks | None:
    """The same, read from the file each time, a piece at once."""
    return _read(file, needs, findings, streams=True)


def _read(
    file: DataFile, needs: Sequence[ColumnUse], findings: Findings, *, streams: bool
) -> FileChunks | None:
    opened = open_parquet(file, findings)
    if opened is None:
        return None
    with opened:
        rows = opened.metadata.num_rows
        if not check_types(file, opened.schema_arrow, needs, findings):
            return None
    part = TablePart(file.name, rows, COUNTS_FROM)
    if not streams:
        return memory_chunks(part, _whole(file, column_names(needs)), needs)
    return file_chunks(part, partial(_batches, file), needs)


def _whole(file: DataFile, names: Sequence[str]) -> list[Any]:
    """All rows of a file, in pieces."""
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
    message = f"{file.name} is not a sound parquet file: {first_line(error)}"
    return BrokenDataError(file.span, "bad-data-file", message)


def _batches(file: DataFile, names: Sequence[str]) -> Iterator[Any]:
    """The rows of a file in pieces, of which a few are in memory at a time."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(file.path, buffer_size=BUFFER, pre_buffer=False) as opened:
            yield from opened.iter_batches(CHUNK_ROWS, columns=list(names))
    except (OSError, pa.ArrowException) as error:
        raise _broken(file, error) from error
