"""The sources that `data` may name, and how one becomes a table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from modelspec.diagnostics import Findings, Span, did_you_mean, listed
from modelspec.spec.data import Source, options_of, path_columns

from .csv_source import columns_of_csv, read_csv, separator_hint
from .files import DataFile, find
from .folder_source import columns_of_folder, read_folder
from .media import dress
from .needs import LABEL, TEXT, Need
from .npz_source import columns_of_npz, read_npz
from .table import Table, joined


class Reader(NamedTuple):
    """How files of one kind are read."""

    columns_of: Callable[[DataFile, Findings], list[str] | None]
    read: Callable[[DataFile, Sequence[str], frozenset[str], Findings], Table | None]
    folders: bool = False


SOURCES: dict[str, Reader] = {
    "csv": Reader(columns_of_csv, read_csv),
    "npz": Reader(columns_of_npz, read_npz),
    "images": Reader(columns_of_folder, read_folder, folders=True),
}
"""The kinds of source, by their key in the spec."""

SUFFIXES = {".csv": "csv", ".npz": "npz"}
"""The kind of a file that no spec names."""


def source_of(path: Path, span: Span) -> Source | None:
    """A source for a file given by hand; None where its name tells no kind."""
    kind = SUFFIXES.get(path.suffix.lower())
    if kind is None:
        return None
    return Source(kind, (str(path),), (span,), span, options_of(kind))


class Opened(NamedTuple):
    """A source whose files are there: each with its columns; and what paths are relative to."""

    source: Source
    files: list[DataFile]
    columns: list[list[str]]
    folder: Path


def open_source(source: Source, folder: Path, findings: Findings) -> Opened | None:
    """Find a source's files and look at their columns; None with findings."""
    if source.table is not None:
        table = open_source(source.table, folder, findings)
        return None if table is None else table._replace(source=source)
    files = find(source, folder, findings, folders=SOURCES[source.kind].folders)
    columns = [SOURCES[source.kind].columns_of(file, findings) for file in files]
    known = [names for names in columns if names is not None]
    if len(known) < len(columns) or not files:
        return None
    return Opened(source, files, known, folder)


def read_source(opened: Opened, needs: Sequence[Need], findings: Findings) -> Table | None:
    """The table of all columns that are needed; None with findings.

    Args:
        opened: the files.
        needs: which columns, and what for.
        findings: takes columns that a file lacks, and what the files have wrong.
    """
    if not check_columns(opened, needs, findings):
        return None
    wanted = list(dict.fromkeys(need.column for need in needs))
    as_text = {need.column for need in needs if need.use in (TEXT, LABEL)}
    as_text.update(path_columns(opened.source))
    tables = [_read(opened, file, wanted, frozenset(as_text), findings) for file in opened.files]
    whole = [table for table in tables if table is not None]
    if len(whole) < len(tables) or not _alike(opened, whole, findings):
        return None
    return joined(whole)


def _read(
    opened: Opened,
    file: DataFile,
    wanted: Sequence[str],
    as_text: frozenset[str],
    findings: Findings,
) -> Table | None:
    """One file; where the source is built on a table, with the files that its rows name."""
    source = opened.source
    table = SOURCES[file.source.kind].read(file, wanted, as_text, findings)
    if table is None or source.table is None:
        return table
    given = source.options.get("folder")
    folder = file.path.parent if given is None else opened.folder / given
    columns = dict(table.columns)
    if not dress(columns, source, folder, findings):
        return None
    return replace(table, columns=columns)


def check_columns(opened: Opened, needs: Sequence[Need], findings: Findings) -> bool:
    """Whether all files have all columns; a finding for each that is not there."""
    before = len(findings)
    for file, names in zip(opened.files, opened.columns, strict=True):
        _check_file(file, names, needs, findings)
    return len(findings) == before


def _check_file(
    file: DataFile, names: Sequence[str], needs: Sequence[Need], findings: Findings
) -> None:
    for need in needs:
        if need.column in names:
            continue
        message = f"{file.name} has no column `{need.column}`{did_you_mean(need.column, names)}"
        hint = separator_hint(names) or f"its columns are {listed(f'`{name}`' for name in names)}"
        findings.error(need.span, "unknown-column", message, hint=hint)


def _alike(opened: Opened, tables: Sequence[Table], findings: Findings) -> bool:
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
