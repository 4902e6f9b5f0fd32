"""A folder with a folder for each class: its files in order, and the class of each."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from modelspec.diagnostics import Findings, join_words

from .files import DataFile


class FolderFile(NamedTuple):
    """A file of a folder: its path, its name below the folder, and its class if it has one."""

    path: Path
    name: str
    label: str | None


def class_folders(folder: Path) -> list[str]:
    """The folders in a folder, sorted; those whose name begins with a dot are passed over.

    Raises:
        OSError: the folder cannot be opened.
    """
    with os.scandir(folder) as entries:
        return sorted(e.name for e in entries if e.is_dir() and not e.name.startswith("."))


def folder_files(file: DataFile, suffixes: Sequence[str], findings: Findings) -> list[FolderFile]:
    """The files of a folder at any depth, class after class, sorted within each.

    Args:
        file: the folder, or one file, which has no class.
        suffixes: the endings of the files that are taken, in small letters.
        findings: takes files with another ending, classes without a file, and folders that
            cannot be opened. Hidden files (`.DS_Store`) are passed over.
    """
    if file.path.is_file():
        return [FolderFile(file.path, file.name, None)]
    found: list[FolderFile] = []
    others: list[str] = []
    try:
        found += _below(file.path, None, suffixes, others, deep=False)
        for label in class_folders(file.path):
            own = _below(file.path / label, label, suffixes, others, deep=True)
            if not own:
                message = f"the class folder {file.name}/{label} holds no file to read"
                hint = f"remove it, or put files in it that end in {join_words(suffixes, 'or')}"
                findings.error(file.span, "empty-class", message, hint=hint)
            found += own
    except OSError as error:
        message = f"{error.filename} cannot be opened: {error.strerror or error}"
        findings.error(file.span, "bad-data-file", message)
        return []
    if others:
        _mention(file, others, suffixes, findings)
    if not found and not others:
        message = f"the folder {file.name} holds no file that ends in {join_words(suffixes, 'or')}"
        findings.error(file.span, "empty-data", message)
    return [
        FolderFile(path, f"{file.name.rstrip('/')}/{name}", label) for path, name, label in found
    ]


def _below(
    folder: Path, label: str | None, suffixes: Sequence[str], others: list[str], *, deep: bool
) -> list[FolderFile]:
    """The members of one class; what has another ending goes to `others`."""
    found = []
    for place, folders, files in os.walk(folder, onerror=_raise):
        folders[:] = sorted(name for name in folders if deep and not name.startswith("."))
        for name in sorted(files):
            if name.startswith("."):
                continue
            path = Path(place, name)
            shown = path.relative_to(folder if label is None else folder.parent).as_posix()
            if path.suffix.lower() in suffixes:
                found.append(FolderFile(path, shown, label))
            else:
                others.append(shown)
    return found


def _raise(error: OSError) -> None:
    raise error


def _mention(
    file: DataFile, others: Sequence[str], suffixes: Sequence[str], findings: Findings
) -> None:
    some = ", ".join(others[:5]) + (f" and {len(others) - 5} more" if len(others) > 5 else "")
    message = f"{file.name} holds files that are passed over: {some}"
    hint = f"what is read ends in {join_words(suffixes, 'or')}"
    findings.warning(file.span, "skipped-files", message, hint=hint)
