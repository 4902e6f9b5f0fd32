"""Columns of rows in memory that are images, sounds or texts: paths, contents, arrays."""

from __future__ import annotations

from modelspec.data.table import Column, Table
from modelspec.diagnostics import Findings
from modelspec.spec.data import IMAGES, Source, path_columns, source_of_column

from .columns import media_column
from .images import check_image_bytes
from .kinds import MEDIA


def attach_given_files(
    columns: dict[str, Column], source: Source, table: Table, findings: Findings
) -> bool:
    """Make the columns of media of rows what those of files are, in place.

    An image or a sound is the path of a file, relative to the current folder, or an array in the
    shape of the input; an image may also be the content of a file, as bytes. A text is itself.

    Args:
        columns: of the rows.
        source: with a table; says which columns are media.
        table: the rows, for messages.
        findings: takes files that do not exist, and what is wrong with others.

    Returns:
        Whether all can be read.
    """
    complete = True
    for name in path_columns(source):
        if name not in columns:
            continue
        read, column = source_of_column(source, name), columns[name]
        if MEDIA[read.kind].decoder is None or not column.is_text or column.values.ndim > 1:
            continue
        made = _files(name, column, read, table, findings)
        if made is None:
            complete = False
        else:
            columns[name] = made
    return complete


def _files(
    name: str, column: Column, source: Source, table: Table, findings: Findings
) -> Column | None:
    values = column.values.tolist()
    if not any(isinstance(value, bytes) for value in values):
        return media_column(values, values, source, findings)
    if source.kind != IMAGES:
        message = f"`{name}` of {table.names} has bytes, and only images are read from these"
        findings.error(source.span, "wrong-column-type", message, hint="give the path of a file")
        return None
    before = findings.error_count
    for row, content in enumerate(values):
        problem = None if column.missing[row] else check_image_bytes(content, source)
        if problem is None:
            continue
        report = findings.warning if problem.is_warning else findings.error
        message = f"`{name}` of {table.locate(row)} {problem.text}"
        report(source.span, problem.code, message, hint=problem.hint)
    if findings.error_count > before:
        return None
    return Column(column.values, column.missing, source)
