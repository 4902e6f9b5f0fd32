"""What a table says before its rows are used: the names of its columns, and their values."""

from __future__ import annotations

import glob
from collections.abc import Iterator, Mapping
from pathlib import Path

from modelspec.diagnostics import Findings, Span
from modelspec.document import LocatedDict
from modelspec.spec.data import EXCEL, TABLES, Source, is_remote, label_text, parse_source
from modelspec.tabular import (
    EXCEL_EXTRA,
    TEXT_ERRORS,
    Sheet,
    WorkbookError,
    csv_rows,
    dialect_of,
    open_bytes,
    read_sheet,
    refuse_large_parquet,
)
from modelspec.unpacking import UnpacksTooLargeError

READ_ERRORS = (*TEXT_ERRORS, WorkbookError, ModuleNotFoundError)
"""What reading a table can raise; `report_unreadable` says it."""


def table_of(data: LocatedDict) -> Source:
    """The table of the training split, as far as a source that may have mistakes has one."""
    source = parse_source(data["train"], Findings())
    return source.table or source


def columns_of_table(data: LocatedDict, folder: Path, findings: Findings) -> tuple[str, ...] | None:
    """The names of the columns of the training table; None with a finding."""
    table = table_of(data)
    span = next(iter(table.path_spans), table.span)
    path = next(paths_of(table, folder), None)
    what = "the columns of a pattern are known only with the table"
    hint = "name the columns, or write them out where the table is: modelspec expand"
    if table.kind == "csv" and isinstance(named := dialect_of(table).header, tuple):
        return named
    if table.kind not in TABLES:
        message = f"{what}, and `{table.kind}` has no header to look at"
        findings.error(table.span, "unknown-column", message, hint="name the columns")
    elif path is None:
        reason = "is not there"
        if table.paths and is_remote(table.paths[0]):
            reason = "is remote, and is not fetched to look at its columns"
        shown = table.paths[0] if table.paths else table.kind
        findings.error(span, "no-data-file", f"{what}, and {shown} {reason}", hint=hint)
    else:
        try:
            return header_of(table, path)
        except READ_ERRORS as error:
            report_unreadable(f"{what}, and {table.paths[0]}", table, error, span, findings)
    return None


def report_unreadable(
    what: str, table: Source, error: Exception, span: Span, findings: Findings
) -> None:
    """A finding for a table that cannot be read.

    Args:
        what: the message up to the name of the file.
        table: which was to be read.
        error: one of READ_ERRORS.
        span: where the finding points.
        findings: takes it.
    """
    if isinstance(error, ModuleNotFoundError):
        package, extra = "pyarrow", "keras-modelspec[tensorflow]"
        if table.kind == EXCEL:
            package, extra = "python-calamine", EXCEL_EXTRA
        message = f"{what} needs the package {package}"
        findings.error(span, "needs-package", message, hint=f"pip install '{extra}'")
    elif isinstance(error, WorkbookError):
        findings.error(span, error.code, f"{what} {error}", hint=error.hint)
    elif isinstance(error, UnpacksTooLargeError):
        findings.error(span, "bad-data-file", f"{what} is not read: {error}", hint=error.hint)
    else:
        findings.error(span, "bad-data-file", f"{what} cannot be read: {error}")


def paths_of(table: Source, folder: Path) -> Iterator[Path]:
    """The files of a table that are there, up to the first remote one."""
    for name in table.paths:
        if is_remote(name):
            return
        if (folder / name).is_file():
            yield folder / name
        elif any(mark in name for mark in "*?["):
            # as the sources match it: pathlib refuses what is absolute, and `**` beside other text
            names = glob.glob(name, root_dir=folder, recursive=True)  # noqa: PTH207
            yield from sorted(path for path in (folder / one for one in names) if path.is_file())


def header_of(table: Source, path: Path) -> tuple[str, ...]:
    """The names of the columns of a file.

    Raises:
        Exception: one of READ_ERRORS.
    """
    if table.kind == "parquet":
        import pyarrow.parquet as pq

        return tuple(pq.read_schema(path).names)
    if table.kind == EXCEL:
        return tuple(_sheet(table, path).names)
    dialect = dialect_of(table)
    if isinstance(dialect.header, tuple):
        return dialect.header
    with open_bytes(path) as stream:
        first = next(csv_rows(stream, dialect), [])
    return tuple(first) if dialect.header else tuple(str(number) for number in range(len(first)))


def _sheet(table: Source, path: Path) -> Sheet:
    return read_sheet(path, table.options.get("sheet"), table.options.get("header", 1))


def add_words(table: Source, path: Path, found: Mapping[str, set[str]]) -> tuple[str, ...]:
    """Add the different values of some columns of a file, none missing.

    Args:
        table: how it is read.
        path: of the file.
        found: column to its values so far; nothing is added to one that the file does not have.

    Returns:
        The names of the columns of the file.

    Raises:
        Exception: one of READ_ERRORS.
    """
    if table.kind == EXCEL:
        sheet = _sheet(table, path)
        for column in found.keys() & set(sheet.names):
            found[column].update(label_text(one) for one in sheet.values(column) if one is not None)
        return tuple(sheet.names)
    header = header_of(table, path)
    known = [column for column in found if column in header]
    if table.kind == "parquet":
        import pyarrow.parquet as pq

        with pq.ParquetFile(path) as file:
            refuse_large_parquet(file, path, known)
            read = file.read(columns=known)
        for column in known:
            found[column].update(map(str, read.column(column).drop_null().unique().to_pylist()))
        return header
    dialect = dialect_of(table)
    cells = [(header.index(name), found[name], dialect.nulls(name).words) for name in known]
    with open_bytes(path) as stream:
        rows = csv_rows(stream, dialect)
        if dialect.header is True:
            next(rows, None)
        for row in rows:
            for index, words, nulls in cells:
                if index < len(row) and row[index] not in nulls:
                    words.add(row[index])
    return header
