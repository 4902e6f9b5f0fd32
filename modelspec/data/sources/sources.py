"""The sources that `data` may name, and how one becomes a table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from modelspec.data.media import attach_files
from modelspec.data.table import (
    TEXT,
    ColumnUse,
    FileChunks,
    Table,
    chunked_table,
    join_tables,
    read_whole,
)
from modelspec.diagnostics import Findings, Span
from modelspec.spec.data import PYTHON, Source, options_of, path_columns

from .csv_files import COMPRESSIONS, csv_columns
from .csv_source import read_csv
from .csv_stream import stream_csv
from .files import DataFile, find_files
from .folder_source import columns_of_folder, read_folder
from .jsonl_source import columns_of_jsonl, read_jsonl
from .npz_source import columns_of_npz, read_npz
from .opening import OpenSource, check_columns
from .parquet_source import columns_of_parquet, read_parquet, stream_parquet
from .python_source import columns_of_python, dataset_of, read_python, stream_python
from .tfrecord_source import columns_of_tfrecord, read_tfrecord


class Reader(NamedTuple):
    """How files of one kind are read.

    Attributes:
        columns_of: the columns of a file; None with findings.
        read: a file to a table, or to pieces of one; None with findings.
        stream: a file to pieces that are not held; None for kinds that are always held.
        folders: whether a path may be a folder.
    """

    columns_of: Callable[[DataFile, Findings], list[str] | None]
    read: Callable[[DataFile, Sequence[ColumnUse], Findings], Table | FileChunks | None]
    stream: Callable[[DataFile, Sequence[ColumnUse], Findings], FileChunks | None] | None = None
    folders: bool = False


SOURCES: dict[str, Reader] = {
    "csv": Reader(csv_columns, read_csv, stream_csv),
    "npz": Reader(columns_of_npz, read_npz),
    "parquet": Reader(columns_of_parquet, read_parquet, stream_parquet),
    "jsonl": Reader(columns_of_jsonl, read_jsonl),
    "images": Reader(columns_of_folder, read_folder, folders=True),
    "texts": Reader(columns_of_folder, read_folder, folders=True),
    "audio": Reader(columns_of_folder, read_folder, folders=True),
    "tfrecord": Reader(columns_of_tfrecord, read_tfrecord),
    PYTHON: Reader(columns_of_python, read_python, stream_python),
}
"""The kinds of source, by their key in the spec."""

SUFFIXES = {
    ".csv": "csv",
    **{f".csv{ending}": "csv" for ending in COMPRESSIONS},
    ".npz": "npz",
    ".parquet": "parquet",
    ".pq": "parquet",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
}
"""The kind of a file that no spec names."""


def source_from_name(path: Path, span: Span) -> Source | None:
    """A source for a file given by hand; None where its name tells no kind."""
    name = path.name.lower()
    kind = next((kind for ending, kind in SUFFIXES.items() if name.endswith(ending)), None)
    if kind is None:
        return None
    return Source(kind, (str(path),), (span,), span, options_of(kind))


def open_source(source: Source, folder: Path, findings: Findings) -> OpenSource | None:
    """Find a source's files and look at their columns; None with findings."""
    if source.table is not None:
        table = open_source(source.table, folder, findings)
        return None if table is None else table._replace(source=source)
    if source.kind == PYTHON:
        files = dataset_of(source, folder, findings)
    else:
        files = find_files(source, folder, findings, folders=SOURCES[source.kind].folders)
    columns = [SOURCES[source.kind].columns_of(file, findings) for file in files]
    known = [names for names in columns if names is not None]
    if len(known) < len(columns) or not files:
        return None
    return OpenSource(source, files, known, folder)


def read_source(
    opened: OpenSource, needs: Sequence[ColumnUse], findings: Findings, *, streams: bool = False
) -> Table | None:
    """The table of all columns that are needed; None with findings.

    Args:
        opened: the files.
        needs: which columns, and what for.
        findings: takes columns that a file lacks, and what the files have wrong.
        streams: whether a table that can be read in pieces is not to be held.

    Raises:
        BrokenDataError: a file turns out to be damaged.
        CannotRunError: the disk is full.
    """
    if not check_columns(opened, needs, findings):
        return None
    if opened.source.table is not None:
        return _with_files(opened, needs, findings)
    reader = SOURCES[opened.source.kind]
    read = reader.stream if streams and reader.stream is not None else reader.read
    found = [read(file, needs, findings) for file in opened.files]
    files = [item for item in found if isinstance(item, FileChunks)]
    tables = [item for item in found if isinstance(item, Table)]
    if len(files) + len(tables) < len(found):
        return None
    if files:
        return chunked_table(files, needs, streams=streams)
    return join_tables(tables) if _alike(opened, tables, findings) else None


def _with_files(opened: OpenSource, needs: Sequence[ColumnUse], findings: Findings) -> Table | None:
    """A table that names files, such as images; the files of each row with it."""
    source, paths = opened.source, path_columns(opened.source)
    wanted = [need._replace(kind=TEXT) if need.column in paths else need for need in needs]
    tables = []
    for file in opened.files:
        read = SOURCES[file.source.kind].read(file, wanted, findings)
        table = read_whole(read, wanted) if isinstance(read, FileChunks) else read
        if table is None:
            return None
        given = source.options.get("folder")
        folder = file.path.parent if given is None else opened.folder / given
        columns = dict(table.columns)
        if not attach_files(columns, source, folder, findings):
            return None
        tables.append(replace(table, columns=columns))
    return join_tables(tables) if _alike(opened, tables, findings) else None


def _alike(opened: OpenSource, tables: Sequence[Table], findings: Findings) -> bool:
    """Whether the arrays of all files have the same shape past the first axis."""
    for file, table in zip(opened.files, tables, strict=True):
        for name, column in table.columns.items():
            first = tables[0].columns[name].values.shape[1:]
            if column.values.shape[1:] != first:
                message = (
                    f"`{name}` has shape {list(column.values.shape[1:])} in {file.name} "
                    f"and {list(first)} in {opened.files[0].name}"
                )
                findings.error(file.span, "unequal-shapes", message)
                return False
    return True
