"""The record of a kind of source; sources whose files were found; their columns. Needs no numpy."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from modelspec.data.table import ColumnUse
from modelspec.diagnostics import Findings, Related, Suggestion, join_words, suggest
from modelspec.spec.data import (
    CSV,
    IMAGES,
    LABEL_COLUMN,
    DataSpec,
    Source,
    path_columns,
    sources_of,
)
from modelspec.tabular import csv_option

from .csv_text import foreign_content, has_values_for_names, separator_hint
from .files import DataFile, find_files, is_too_large, shared_file

if TYPE_CHECKING:
    from modelspec.data.table import FileChunks, Table

FindFiles = Callable[[Source, Path, Findings], list[DataFile]]
FindColumns = Callable[[DataFile, Findings], list[str] | None]
Read = Callable[[DataFile, Sequence[ColumnUse], Findings], "Table | FileChunks | None"]
Stream = Callable[[DataFile, Sequence[ColumnUse], Findings], "FileChunks | None"]


@dataclass(frozen=True, slots=True)
class DataSource:
    """How one kind of source is read. What its spec looks like is in `spec.data.SOURCE_KINDS`.

    Attributes:
        columns: the columns of a file; None with findings.
        read: the used columns of a file, in memory; None with findings.
        stream: the used columns of a file in chunks that are not kept in memory; None for a kind
            that is always in memory.
        count_rows: about how many rows a file has, found without reading it; None for a kind that
            never streams by itself.
        suffixes: of files that are given on the command line, where no spec names their kind.
        find: the files of a source; nothing with findings.
        takes_any_name: whether a file without a known suffix is read as this kind by a model that
            was trained on it.
    """

    columns: FindColumns
    read: Read
    stream: Stream | None = None
    count_rows: Callable[[DataFile], float] | None = None
    suffixes: tuple[str, ...] = ()
    find: FindFiles = find_files
    takes_any_name: bool = False


ReadRows = Callable[[Sequence[ColumnUse], Findings], "Table | None"]
"""The used columns of rows in memory; None with findings."""


class OpenSource(NamedTuple):
    """A source whose files were found.

    Attributes:
        source: the source.
        files: its files.
        columns: the columns of each file.
        folder: what paths are relative to.
        read_rows: the table of the rows that are in memory already; None where files are read.
    """

    source: Source
    files: list[DataFile]
    columns: list[list[str]]
    folder: Path
    read_rows: ReadRows | None = None


OpenOne = Callable[[Source, Path, Findings], OpenSource | None]


def open_files(
    source: Source,
    folder: Path,
    findings: Findings,
    find_columns: FindColumns,
    find: FindFiles = find_files,
) -> OpenSource | None:
    """Find the files of a source and their columns; None with findings."""
    files = find(source, folder, findings)
    if any(is_too_large(file, findings) for file in files):
        return None
    columns = [find_columns(file, findings) for file in files]
    known = [names for names in columns if names is not None]
    if not files or len(known) < len(columns):
        return None
    return OpenSource(source, files, known, folder)


def open_sources(
    data: DataSpec, folder: Path, open_one: OpenOne, findings: Findings
) -> dict[str, OpenSource] | None:
    """Open every source of a spec; None with findings, also where two splits share a file.

    Args:
        data: the section.
        folder: what paths are relative to.
        open_one: finds the files of one source and their columns.
        findings: takes what is wrong.

    Returns:
        Split to its source.
    """
    sources = sources_of(data)
    found = {name: open_one(source, folder, findings) for name, source in sources.items()}
    opened = {name: item for name, item in found.items() if item is not None}
    if len(opened) < len(found):
        return None
    before = len(findings)
    names = list(opened)
    for index, name in enumerate(names):
        for earlier in names[:index]:
            _check_disjoint((earlier, opened[earlier]), (name, opened[name]), findings)
    return opened if len(findings) == before else None


def _check_disjoint(
    first: tuple[str, OpenSource], second: tuple[str, OpenSource], findings: Findings
) -> None:
    (one, source), (other, later) = first, second
    shared = shared_file(source.files, later.files)
    if shared is None:
        return
    message = f"{shared.name} is in both `{one}` and `{other}`: rows would leak from one split"
    message += " into the other"
    related = (Related(source.files[0].span, f"`{one}` is here"),)
    hint = f"give `{other}` {shared.remedy}, or a fraction such as 0.15"
    findings.error(shared.file.span, "leaking-split", message, hint=hint, related=related)


def check_columns(
    opened: OpenSource,
    uses: Sequence[ColumnUse],
    findings: Findings,
    derived: Iterable[str] = (),
) -> bool:
    """Whether all files have all used columns; a finding for each that is missing.

    Args:
        opened: the files.
        uses: of the columns of the files.
        findings: takes the columns that a file lacks.
        derived: columns that are made of others, one of which may have been meant.
    """
    before = len(findings)
    for file, names in zip(opened.files, opened.columns, strict=True):
        paths = path_columns(opened.source)
        _check_file(file, names, uses, paths, derived, findings)
        if len(findings) > before and opened.source.takes_folders:
            break  # each example is a file, and all have the same columns
    return len(findings) == before


def _check_file(
    file: DataFile,
    names: Sequence[str],
    uses: Sequence[ColumnUse],
    paths: Sequence[str],
    derived: Iterable[str],
    findings: Findings,
) -> None:
    """Report the columns that a file lacks; those in `paths` would hold the paths of others."""
    said, hint = foreign_content(file, names), separator_hint(file, names)
    missing = [use for use in uses if use.column not in names]
    if said is not None and missing:
        findings.error(file.span, "bad-data-file", f"{file.name} {said[0]}", hint=said[1])
        return
    if hint and missing:
        message = f'{file.name} has a single column, "{names[0]}"'
        findings.error(file.span, "unknown-column", message, hint=hint)
        return
    for use in missing:
        if file.source.takes_folders:
            _report_no_files(file, names, use, findings)
            continue
        close = suggest(use.column, [*names, *derived])
        hint = f"its columns are {join_words(f'`{name}`' for name in names)}"
        parts = [part.strip() for part in use.column.split(",")]
        if len(parts) > 1 and set(parts) <= set(names):
            close, hint = Suggestion(), f"write a list: [{', '.join(parts)}]"
        elif use.column in ("all", "*") and use.column not in names:
            close, hint = Suggestion(), f'write ["*"] for all columns; {hint}'
        if file.source.kind == CSV and use.column in (name.strip() for name in names):
            hint += f"; {csv_option('strip', 'true')} drops the spaces around them"
        if derived:
            hint += f"; derived are {join_words(f'`{name}`' for name in derived)}"
        if has_values_for_names(file, names):
            hint += "; where its first row has values, name the columns: `header: [NAME, NAME]`"
        elif use.column in paths and not file.by_hand:
            hint += "; write `column: NAME` for the one that has the paths"
        message = f"{file.name} has no column `{use.column}`{close.text}"
        findings.error(
            use.span, "unknown-column", message, hint=hint, replace=_written(file, use, close)
        )


def _written(file: DataFile, use: ColumnUse, close: Suggestion) -> tuple[str, str] | None:
    """The replacement of a name that the spec writes, and does not only imply."""
    return None if use.span == file.source.span else close.replace


def _report_no_files(
    file: DataFile, names: Sequence[str], use: ColumnUse, findings: Findings
) -> None:
    """Report a column that examples which are files do not have."""
    kind = file.source.kind
    close = suggest(use.column, names)
    message = f"{file.name} has no column `{use.column}`{close.text}"
    hint = f"the columns of these `{kind}` are {join_words(f'`{name}`' for name in names)}"
    if use.column == LABEL_COLUMN:
        hint += "; a folder with a folder for each class has `label` as well"
    elif kind == IMAGES and file.by_hand:
        hint += "; others come from a folder that has the same folders as the training data"
    elif kind == IMAGES:
        hint += f'; others come from files: pair: {{{use.column}: "{use.column}s/*.png"}}'
    findings.error(
        use.span, "unknown-column", message, hint=hint, replace=_written(file, use, close)
    )
