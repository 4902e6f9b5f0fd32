"""The sources `images`, `texts` and `audio`: a folder of files, with a subfolder for each class.

Only finding the files needs no numpy.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from modelspec.diagnostics import Findings, Span, did_you_mean, join_words
from modelspec.spec.data import LABEL_COLUMN, Source, path_columns

from .files import DataFile, find_files
from .source import DataSource

if TYPE_CHECKING:
    from modelspec.data.table import Column, ColumnUse, Table


class FolderFile(NamedTuple):
    """A file of a folder: its path, its name below the folder, and its class if it has one."""

    path: Path
    name: str
    label: str | None


def class_folders(folder: Path) -> list[str]:
    """The folders in a folder, sorted, without hidden ones.

    Raises:
        OSError: the folder cannot be opened.
    """
    with os.scandir(folder) as entries:
        return sorted(e.name for e in entries if e.is_dir() and not e.name.startswith("."))


def folder_files(file: DataFile, suffixes: Sequence[str], findings: Findings) -> list[FolderFile]:
    """The files of a folder at any depth, class after class, sorted within each.

    Args:
        file: the folder, or one file, which has no class.
        suffixes: of the files that are read, in lower case.
        findings: takes files with another suffix, classes without a file, and folders that
            cannot be opened. Hidden files (`.DS_Store`) are ignored.
    """
    if file.path.is_file():
        return [FolderFile(file.path, file.name, None)]
    found: list[FolderFile] = []
    others: list[str] = []
    try:
        found += _files_below(file.path, None, suffixes, others, deep=False)
        for label in _chosen_classes(file, findings):
            own = _files_below(file.path / label, label, suffixes, others, deep=True)
            if not own:
                message = f"the class folder {file.name}/{label} has no file that can be read"
                hint = f"remove it, or add files that end in {_shown(suffixes)}"
                if file.source.kind == "images" and any(x.startswith(f"{label}/") for x in others):
                    hint = "convert its images to PNG or JPEG"
                findings.error(file.span, "empty-class", message, hint=hint)
            found += own
    except OSError as error:
        message = f"{error.filename} cannot be opened: {error.strerror or error}"
        findings.error(file.span, "bad-data-file", message)
        return []
    if others:
        _report_skipped(file, others, suffixes, findings)
    if not found and not others:
        message = f"the folder {file.name} has no file that ends in {_shown(suffixes)}"
        findings.error(file.span, "empty-data", message)
    top = file.name.rstrip("/")
    return [one._replace(name=f"{top}/{one.name}") for one in found]


def endings_of(source: Source, suffixes: Sequence[str]) -> Sequence[str]:
    """The ends of the names of the files that a source reads, in lower case."""
    given = source.options.get("endings")
    return suffixes if given is None else [ending.lower() for ending in given]


def _chosen_classes(file: DataFile, findings: Findings) -> list[str]:
    """The class folders that are read; a finding for one that is not there.

    New data need not have all classes, nor any.
    """
    found = class_folders(file.path)
    wanted = file.source.options.get("classes")
    if wanted is None:
        return found
    missing = [name for name in wanted if name not in found]
    if file.by_hand:
        return [name for name in found if name in wanted] or found
    for name in missing:
        message = f"{file.name} has no class folder `{name}`{did_you_mean(name, found)}"
        hint = f"its folders are {join_words(f'`{one}`' for one in found)}" if found else ""
        findings.error(file.source.place("classes"), "no-data-file", message, hint=hint)
    return [name for name in found if name in wanted]


def _files_below(
    folder: Path, label: str | None, suffixes: Sequence[str], others: list[str], *, deep: bool
) -> list[FolderFile]:
    """The files of one class; those with another suffix go to `others`."""
    found = []
    for parent, folders, files in os.walk(folder, onerror=_raise):
        folders[:] = sorted(name for name in folders if deep and not name.startswith("."))
        for name in sorted(files):
            if name.startswith("."):
                continue
            path = Path(parent, name)
            shown = path.relative_to(folder if label is None else folder.parent).as_posix()
            if path.suffix.lower() in suffixes:
                found.append(FolderFile(path, shown, label))
            else:
                others.append(shown)
    return found


def _shown(suffixes: Sequence[str]) -> str:
    return join_words((suffix or "nothing" for suffix in suffixes), "or")


def _raise(error: OSError) -> None:
    raise error


def _report_skipped(
    file: DataFile, others: Sequence[str], suffixes: Sequence[str], findings: Findings
) -> None:
    some = ", ".join(others[:5]) + (f" and {len(others) - 5} more" if len(others) > 5 else "")
    message = f"{file.name} has files that are skipped: {some}"
    hint = f"only files that end in {_shown(suffixes)} are read"
    findings.warning(file.span, "skipped-files", message, hint=hint)


def folder_columns(file: DataFile, findings: Findings) -> list[str] | None:
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


def read_folder(file: DataFile, uses: Sequence[ColumnUse], findings: Findings) -> Table | None:
    """The files of a folder, each checked; None with findings.

    Args:
        file: the folder, or a single file.
        uses: what is read: the files, `label`.
        findings: takes files that cannot be read, and files without a class where it is needed.
    """
    from modelspec.data.media import MEDIA, media_column
    from modelspec.data.table import Table, TablePart, column_names

    columns = column_names(uses)
    before = findings.error_count
    found = folder_files(file, endings_of(file.source, MEDIA[file.source.kind].suffixes), findings)
    names = [one.name for one in found]
    labels = label_column(found, file.span, findings) if LABEL_COLUMN in columns else None
    paths = [str(one.path) for one in found]
    files = media_column(paths, names, file.source, findings)
    if findings.error_count > before or files is None or not found:
        return None
    made = {name: files if labels is None or name != LABEL_COLUMN else labels for name in columns}
    return Table(made, len(found), [TablePart(file.name, len(found), 1, names)])


def label_column(files: Sequence[FolderFile], span: Span, findings: Findings) -> Column | None:
    """The classes of files; None with a finding where one lies in no folder of a class."""
    from modelspec.data.table import text_column

    labels = [file.label for file in files if file.label is not None]
    if len(labels) == len(files):
        return text_column(labels)
    alone = next(file for file in files if file.label is None)
    message = f"{alone.name} is not in the folder of a class, so it has no `label`"
    hint = "move it into the folder of its class"
    findings.error(span, "no-label", message, hint=hint)
    return None


FOLDER_SOURCE = DataSource(
    columns=folder_columns, read=read_folder, find=partial(find_files, takes_folders=True)
)
"""The same for all three: what differs between them is in `data.media`."""
