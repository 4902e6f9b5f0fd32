"""All sources that a `data` section may name, and how one becomes a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import prod
from pathlib import Path
from types import MappingProxyType

from modelspec.data.media import attach_files
from modelspec.data.sheets import EXCEL_SOURCE
from modelspec.data.table import (
    TEXT,
    ColumnUse,
    FileChunks,
    Table,
    chunked_table,
    column_names,
    join_tables,
    read_whole,
    uses_in_files,
    with_derived,
    with_derived_chunks,
    with_derived_from,
)
from modelspec.diagnostics import Findings, Span
from modelspec.spec.data import Columns, Derived, Source, options_of, path_columns
from modelspec.spec.model import InputSpec

from .corpus import CORPUS_SOURCE
from .csv import CSV_SOURCE
from .dataset import DATASET_SOURCE, TFDS_SOURCE
from .folders import FOLDER_SOURCE
from .jsonl import JSONL_SOURCE
from .lines import LINES_SOURCE
from .npz import NPZ_SOURCE
from .pairs import open_pairs, read_pairs
from .parquet import PARQUET_SOURCE
from .python import PYTHON_SOURCE
from .source import DataSource, OpenSource, check_columns, open_files
from .tfrecord import TFRECORD_SOURCE

SOURCES: dict[str, DataSource] = {
    "csv": CSV_SOURCE,
    "npz": NPZ_SOURCE,
    "parquet": PARQUET_SOURCE,
    "excel": EXCEL_SOURCE,
    "jsonl": JSONL_SOURCE,
    "images": FOLDER_SOURCE,
    "texts": FOLDER_SOURCE,
    "lines": LINES_SOURCE,
    "corpus": CORPUS_SOURCE,
    "audio": FOLDER_SOURCE,
    "tfrecord": TFRECORD_SOURCE,
    "python": PYTHON_SOURCE,
    "dataset": DATASET_SOURCE,
    "tfds": TFDS_SOURCE,
}
"""The kinds of source that are read from files, by their key in the spec."""

SUFFIXES = {suffix: kind for kind, one in SOURCES.items() for suffix in one.suffixes}
"""The kind of a file that no spec names, by the end of its name."""

LARGE_BYTES = 1 << 29
"""Bytes of inputs from which on a table streams by itself; reading a table into memory takes three
times as many."""

VALUE_BYTES = {
    "string": 64,  # what Python needs for a short text
    "float64": 8,
    "int64": 8,
    "uint64": 8,
    "float16": 2,
    "int16": 2,
    "int8": 1,
}
"""Bytes of one value by dtype; all others take 4."""


def source_from_name(path: Path, span: Span) -> Source | None:
    """A source for a file given by hand; None where its suffix tells no kind."""
    name = path.name.lower()
    kind = next((kind for suffix, kind in SUFFIXES.items() if name.endswith(suffix)), None)
    if kind is None:
        return None
    return Source(kind, (str(path),), (span,), span, options_of(kind))


def open_source(source: Source, folder: Path, findings: Findings) -> OpenSource | None:
    """Find a source's files and their columns; None with findings."""
    if source.table is not None:
        table = open_source(source.table, folder, findings)
        return None if table is None else table._replace(source=source)
    if source.is_matched:
        return open_pairs(source, folder, findings)
    one = SOURCES[source.kind]
    return open_files(source, folder, findings, one.columns, one.find)


def needs_streaming(opened: OpenSource, inputs: Sequence[tuple[InputSpec, Columns | None]]) -> bool:
    """Whether the inputs of a table would take so much memory that they had better stream.

    Args:
        opened: the files.
        inputs: the model's inputs with their columns.
    """
    count_rows = SOURCES[opened.source.kind].count_rows if opened.source.table is None else None
    if count_rows is None or opened.read_rows is not None:
        return False
    row = sum(_row_bytes(entry, columns) for entry, columns in inputs if columns is not None)
    return row * sum(count_rows(file) for file in opened.files) > LARGE_BYTES


def _row_bytes(entry: InputSpec, columns: Columns) -> int:
    values = columns.size
    if columns.single:
        values = prod(size or 1 for size in entry.shape or ())
    return values * VALUE_BYTES.get(entry.dtype or "float32", 4)


def read_source(
    opened: OpenSource,
    uses: Sequence[ColumnUse],
    findings: Findings,
    *,
    streams: bool = False,
    derive: Mapping[str, Derived] = MappingProxyType({}),
) -> Table | None:
    """The table of all columns that are used; None with findings.

    Args:
        opened: the files.
        uses: which columns, and what for.
        findings: takes columns that a file lacks, and what is wrong with the files.
        streams: whether a table that can be read in chunks stays out of memory.
        derive: the columns that are made of others.

    Raises:
        BrokenDataError: a file turns out to be damaged.
        CannotRunError: the disk is full.
    """
    wanted = uses_in_files(uses, derive)
    if not check_columns(opened, wanted, findings, derive):
        return None
    if opened.read_rows is not None:
        rows = opened.read_rows(wanted, findings)
        return None if rows is None else _derived(rows, uses, derive)
    if opened.source.table is not None or opened.source.is_matched:
        read_all = _table_with_files if opened.source.table is not None else read_pairs
        whole = read_all(opened, wanted, findings)
        return None if whole is None else _derived(whole, uses, derive)
    one = SOURCES[opened.source.kind]
    read = one.stream if streams and one.stream is not None else one.read
    found = [read(file, wanted, findings) for file in opened.files]
    chunks = [item for item in found if isinstance(item, FileChunks)]
    tables = [item for item in found if isinstance(item, Table)]
    if len(chunks) + len(tables) < len(found):
        return None
    if chunks:
        made = [with_derived_chunks(item, derive, keeps=not streams) for item in chunks]
        return chunked_table(made, with_derived_from(uses, derive), streams=streams)
    if not _shapes_agree(opened, tables, findings):
        return None
    return _derived(join_tables(tables), uses, derive)


def _derived(table: Table, uses: Sequence[ColumnUse], derive: Mapping[str, Derived]) -> Table:
    return with_derived(table, column_names(uses), derive) if derive else table


def _table_with_files(
    opened: OpenSource, uses: Sequence[ColumnUse], findings: Findings
) -> Table | None:
    """A table whose rows name files, such as images, with the files of each row."""
    source, paths = opened.source, path_columns(opened.source)
    wanted = [use._replace(kind=TEXT) if use.column in paths else use for use in uses]
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
    return join_tables(tables) if _shapes_agree(opened, tables, findings) else None


def _shapes_agree(opened: OpenSource, tables: Sequence[Table], findings: Findings) -> bool:
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
