"""A folder of images and the like as a table: a column of paths, and the class of each."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from modelspec.data.media import MEDIA
from modelspec.data.table import Column, ColumnUse, Table, TablePart, column_names
from modelspec.diagnostics import Findings
from modelspec.spec.data import LABEL_COLUMN, path_columns

from .files import DataFile
from .folders import class_folders, folder_files


def columns_of_folder(file: DataFile, findings: Findings) -> list[str] | None:
    """The column of the files, and `label` where the folder has folders of classes.

    None with a finding where the folder cannot be opened.
    """
    columns = list(path_columns(file.source))
    try:
        classes = file.path.is_dir() and class_folders(file.path)
    except OSError as error:
        message = f"{file.name} cannot be opened: {error.strerror or error}"
        findings.error(file.span, "bad-data-file", message)
        return None
    return [*columns, LABEL_COLUMN] if classes else columns


def read_folder(file: DataFile, needs: Sequence[ColumnUse], findings: Findings) -> Table | None:
    """The files of a folder, each checked; None with findings.

    Args:
        file: the folder, or a single file.
        needs: what is read: the files, `label`.
        findings: takes files that cannot be read, and files without a class where it is needed.
    """
    columns = column_names(needs)
    medium = MEDIA[file.source.kind]
    before = findings.error_count
    found = folder_files(file, medium.suffixes, findings)
    names = [member.name for member in found]
    labels = [member.label for member in found]
    if LABEL_COLUMN in columns and None in labels:
        name = names[labels.index(None)]
        message = f"{name} stands in no folder of a class, so it has no `label`"
        hint = "move it into the folder of its class"
        findings.error(file.span, "no-label", message, hint=hint)
    paths = [str(member.path) for member in found]
    files = medium.column(paths, names, file.source, findings)
    if findings.error_count > before or files is None or not found:
        return None
    made = {name: _text(labels) if name == LABEL_COLUMN else files for name in columns}
    return Table(made, len(found), [TablePart(file.name, len(found), 1, names)])


def _text(words: Sequence[str | None]) -> Column:
    values = np.empty(len(words), dtype=object)
    values[:] = words
    return Column(values, np.zeros(len(words), dtype=np.bool_))
