"""The files of a source: relative to the spec, with wildcards, each once."""

from __future__ import annotations

import glob
from pathlib import Path
from typing import NamedTuple

from modelspec.diagnostics import Findings, Span, did_you_mean
from modelspec.spec.data import Source

WILDCARDS = "*?["

FOLDERS = {"parquet": (".parquet", ".pq")}
"""The kinds of source that a folder may stand for, with the endings of its files."""


class DataFile(NamedTuple):
    """A file: where it lies, its name as the spec writes it, the place of that, and its source.

    Of some sources it is a folder.
    """

    path: Path
    name: str
    span: Span
    source: Source

    @property
    def by_hand(self) -> bool:
        """Whether no spec names the file: it is read as the data of a training were."""
        return self.span.file == self.name


class Where(NamedTuple):
    """What paths are relative to, the kind of their source, and whether they may be folders."""

    kind: str
    folder: Path
    folders: bool


def find_files(
    source: Source, folder: Path, findings: Findings, *, folders: bool = False
) -> list[DataFile]:
    """The files of a source, in the order written, those of a wildcard sorted.

    A file that is named twice counts once: its rows would otherwise stand in two splits.

    Args:
        source: the paths as written.
        folder: what they are relative to.
        findings: takes files that are not there and wildcards that match nothing.
        folders: whether a path may be a folder, too.
    """
    found: dict[Path, DataFile] = {}
    for text, span in zip(source.paths, source.path_spans, strict=True):
        for name in _matches(text, span, Where(source.kind, folder, folders), findings):
            path = folder / name
            found.setdefault(path.resolve(), DataFile(path, name, span, source))
    return list(found.values())


def _matches(text: str, span: Span, where: Where, findings: Findings) -> list[str]:
    folder, folders = where.folder, where.folders
    path = folder / text
    if path.is_file() or (folders and path.is_dir()):
        return [text]
    if any(mark in text for mark in WILDCARDS):
        names = glob.glob(text, root_dir=folder, recursive=True)  # noqa: PTH207 - keeps "../x"
        files = sorted(name for name in names if folders or (folder / name).is_file())
        if not files:
            message = f'no file matches "{text}" in {_shown(folder)}'
            hint = "wildcards are *, ? and [...]; ** stands for folders in folders"
            findings.error(span, "no-data-file", message, hint=hint)
        return files
    if path.is_dir() and where.kind in FOLDERS:
        return _inside(text, FOLDERS[where.kind], folder, span, findings)
    if path.is_dir():
        message = f'"{text}" is a folder; a source names files'
        hint = f'write "{text.rstrip("/")}/*" to take all of its files'
        findings.error(span, "no-data-file", message, hint=hint)
        return []
    if path.exists():
        message = f'"{text}" is no file that can be read more than once, such as a pipe'
        hint = "write what it gives into a file, and name that"
        findings.error(span, "no-data-file", message, hint=hint)
        return []
    what = "folder" if folders else "file"
    place = "" if Path(text).is_absolute() else f" in {_shown(folder)}"
    message = f'there is no {what} "{text}"{place}{_close(path)}'
    given_by_hand = span.file == text
    hint = "" if given_by_hand else "paths are relative to the spec file"
    findings.error(span, "no-data-file", message, hint=hint)
    return []


def _inside(
    text: str, endings: tuple[str, ...], folder: Path, span: Span, findings: Findings
) -> list[str]:
    """The files of a folder and those below it, sorted; those that begin with . or _ are none."""
    top = folder / text
    found = [
        path
        for path in sorted(top.rglob("*"))
        if path.name.lower().endswith(endings)
        and path.is_file()
        and not any(part.startswith((".", "_")) for part in path.relative_to(top).parts)
    ]
    if not found:
        message = f'the folder "{text}" has no file that ends in {" or ".join(endings)}'
        findings.error(span, "no-data-file", message)
    return [str(Path(text) / path.relative_to(top)) for path in found]


def _close(path: Path) -> str:
    try:
        return did_you_mean(path.name, sorted(p.name for p in path.parent.iterdir()))
    except OSError:
        return ""


def _shown(folder: Path) -> str:
    return "the current folder" if folder == Path() else str(folder)


def common_file(first: list[DataFile], second: list[DataFile]) -> DataFile | None:
    """A file of `second` that `first` has too, whatever it is called; or a folder within one."""
    known = {file.path.resolve() for file in first}
    folders = [path for path in known if path.is_dir()]
    for file in second:
        path = file.path.resolve()
        if path in known or any(path.is_relative_to(folder) for folder in folders):
            return file
        if path.is_dir() and any(other.is_relative_to(path) for other in known):
            return file
    return None
