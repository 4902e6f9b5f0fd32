"""The files of a source: finding them, telling whether they changed, and what all can have wrong.

Needs no numpy.
"""

from __future__ import annotations

import codecs
import csv
import glob
import hashlib
import os
from pathlib import Path
from typing import NamedTuple

from modelspec.data.remote import find_copies
from modelspec.diagnostics import Findings, Span
from modelspec.files import similar_name
from modelspec.spec.data import CSV, DATASET, NPZ, TFDS, Source, is_remote
from modelspec.tabular import TEXT_ERRORS, csv_option, dialect_of, is_compressed, refuse_large_text
from modelspec.unpacking import UnpacksTooLargeError

WILDCARDS = "*?["

WHOLE_FILE = 1 << 28
"""Bytes of a file up to which a fingerprint reads all of them."""

FILE_END = 1 << 16
"""Bytes at both ends of a larger file that a fingerprint reads."""


EXPANSION = 4
"""How many times larger compressed text usually is when it is decompressed."""


class DataFile(NamedTuple):
    """A file of a source; for some sources a folder, for `python` the function.

    Attributes:
        path: where it is.
        name: as the spec writes it, for messages.
        span: where the spec names it.
        source: how it is read.
    """

    path: Path
    name: str
    span: Span
    source: Source

    @property
    def parts(self) -> frozenset[str]:
        """The names of the parts of the file that are read; none where all of it is."""
        options = self.source.options
        if self.source.kind == DATASET:
            return frozenset((options["split"],))
        chosen = options.get("columns") if self.source.kind == NPZ else None
        return frozenset(chosen.values() if chosen else ())

    @property
    def by_hand(self) -> bool:
        """Whether the file was given on the command line: then the run's spec says how to read."""
        return self.span.file == self.name


class _Search(NamedTuple):
    """How paths are looked up: see `find_files`."""

    folder: Path
    takes_folders: bool
    suffixes: tuple[str, ...]


def find_files(
    source: Source,
    folder: Path,
    findings: Findings,
    *,
    takes_folders: bool = False,
    suffixes: tuple[str, ...] = (),
) -> list[DataFile]:
    """The files of a source, in the order written, those of a wildcard sorted.

    A file that is named twice counts once: its rows would otherwise be in two splits. A remote
    file or folder is fetched, and its copy is read; its name is its address.

    Args:
        source: the paths as written.
        folder: what they are relative to.
        findings: takes files that do not exist and wildcards that match nothing.
        takes_folders: whether a path may be a folder, which is then one item.
        suffixes: of the files that a folder stands for; none where it may not stand for files.
    """
    search = _Search(folder, takes_folders, suffixes)
    found: dict[Path, DataFile] = {}
    for text, span in zip(source.paths, source.path_spans, strict=True):
        if is_remote(text):
            copies = find_copies(text, span, findings, takes_folders=takes_folders)
            matches = [(copy.path, copy.address) for copy in copies]
        else:
            names = _matches(text, span, search, findings)
            # a file that was given by hand as an address is called by it, as its span is
            is_copy = is_remote(span.file)
            matches = [(folder / name, span.file if is_copy else name) for name in names]
        for path, name in matches:
            found.setdefault(path.resolve(), DataFile(path, name, span, source))
    return list(found.values())


def _matches(text: str, span: Span, search: _Search, findings: Findings) -> list[str]:
    folder, path = search.folder, search.folder / text
    if path.is_file() or (search.takes_folders and path.is_dir()):
        return [text]
    if any(mark in text for mark in WILDCARDS):
        names = glob.glob(text, root_dir=folder, recursive=True)  # noqa: PTH207 - keeps "../x"
        files = sorted(name for name in names if search.takes_folders or (folder / name).is_file())
        if not files:
            message = f'no file matches "{text}" in {_shown(folder)}'
            hint = "wildcards are *, ? and [...]; ** matches folders at any depth"
            findings.error(span, "no-data-file", message, hint=hint)
        return files
    if path.is_dir() and search.suffixes:
        return _files_in(text, search, span, findings)
    if path.is_dir():
        message = f'"{text}" is a folder; a source names files'
        hint = f'write "{text.rstrip("/")}/*" to read all of its files'
    elif path.exists():
        message = f'"{text}" is not a regular file; data is read more than once, so no pipe will do'
        hint = "save its content to a file, and name that"
    else:
        what = "folder" if search.takes_folders else "file"
        where = "" if Path(text).is_absolute() else f" in {_shown(folder)}"
        message = f'there is no {what} "{text}"{where}{similar_name(path, text, what)}'
        hint = "" if span.file == text else "paths are relative to the spec file"
        if "\\" in text:
            hint = f"write / between folders: {text.replace(chr(92), '/')}"
        elif text.startswith("~"):
            hint = "write the whole path: ~ is not replaced by your home folder"
    findings.error(span, "no-data-file", message, hint=hint)
    return []


def _files_in(text: str, search: _Search, span: Span, findings: Findings) -> list[str]:
    """The files of a folder at any depth, sorted, without those that begin with `.` or `_`."""
    top = search.folder / text
    found = [
        path
        for path in sorted(top.rglob("*"))
        if path.name.lower().endswith(search.suffixes)
        and path.is_file()
        and not any(part.startswith((".", "_")) for part in path.relative_to(top).parts)
    ]
    if not found:
        message = f'the folder "{text}" has no file that ends in {" or ".join(search.suffixes)}'
        findings.error(span, "no-data-file", message)
    return [str(Path(text) / path.relative_to(top)) for path in found]


def _shown(folder: Path) -> str:
    return "the current folder" if folder == Path() else str(folder)


class SharedFile(NamedTuple):
    """A file, or a part of one, that two splits have.

    Attributes:
        file: as the second split names it.
        part: the part that both read; "" where one of them reads all of the file.
    """

    file: DataFile
    part: str

    @property
    def name(self) -> str:
        """What messages call it."""
        is_named = self.part and self.file.source.kind != DATASET
        return f"`{self.part}` of {self.file.name}" if is_named else self.file.name

    @property
    def remedy(self) -> str:
        """What the second split reads in place of it."""
        if self.file.source.kind == TFDS:
            return "other examples, such as `split: test`"
        if self.file.source.kind == DATASET:
            other = "test" if self.part == "train" else "train"
            return f"the other half with `split: {other}`"
        return "separate arrays" if self.part else "separate files"


def shared_file(first: list[DataFile], second: list[DataFile]) -> SharedFile | None:
    """A file of `second` that `first` has too, under any name; or a folder within a folder."""
    known: dict[Path, list[DataFile]] = {}
    for file in first:
        known.setdefault(file.path.resolve(), []).append(file)
    folders = [path for path in known if path.is_dir()]
    for file in second:
        path = file.path.resolve()
        for other in known.get(path, ()):
            if file.source.kind == TFDS:
                if _share_rows(other, file):
                    return SharedFile(file, "")
                continue
            shared = file.parts & other.parts
            if shared or not (file.parts and other.parts):
                return SharedFile(file, min(shared, default=""))
        inside = any(path != top and path.is_relative_to(top) for top in folders)
        if inside or (path.is_dir() and any(path in one.parents for one in known)):
            return SharedFile(file, "")
    return None


def _share_rows(first: DataFile, second: DataFile) -> bool:
    """Whether the parts of two splits of a prepared data set have an example in common."""
    from modelspec.data.datasets import read_prepared

    data = read_prepared(second.path)
    one, other = (data.rows(file.source.options["split"]) for file in (first, second))
    return one.split == other.split and max(one.start, other.start) < min(one.stop, other.stop)


def fingerprint(path: Path) -> bytes:
    """A hash that tells whether data changed: of a file's bytes; of a folder's names and sizes.

    Of a large file it takes the size and both ends: reading all of it would delay a start.

    Raises:
        OSError: something cannot be read.
    """
    if path.is_dir():
        return _folder_fingerprint(path)
    size = path.stat().st_size
    with path.open("rb") as file:
        if size <= WHOLE_FILE:
            return hashlib.file_digest(file, "sha256").digest()
        first = file.read(FILE_END)
        file.seek(-FILE_END, os.SEEK_END)
        return hashlib.sha256(str(size).encode() + first + file.read(FILE_END)).digest()


def whole_digest(path: Path) -> str | None:
    """The SHA-256 of a file, in hex; None of a folder, and of a file too large for a start to wait.

    Raises:
        OSError: it cannot be read.
    """
    if path.is_dir() or path.stat().st_size > WHOLE_FILE:
        return None
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _folder_fingerprint(folder: Path) -> bytes:
    found = hashlib.sha256()
    for parent, folders, files in os.walk(folder):
        folders.sort()
        for name in sorted(files):
            path = Path(parent, name)
            found.update(f"{path.relative_to(folder).as_posix()}\0{path.stat().st_size}\n".encode())
    return found.digest()


def text_bytes(path: Path) -> int:
    """About how many bytes of text a file has, which may be compressed.

    Raises:
        OSError: its size cannot be found.
    """
    return path.stat().st_size * (EXPANSION if is_compressed(path) else 1)


def is_too_large(file: DataFile, findings: Findings) -> bool:
    """Whether a small compressed file of text unpacks to gigabytes; a finding then."""
    try:
        refuse_large_text(file.path)
    except UnpacksTooLargeError as error:
        report_unreadable(file, error, findings)
        return True
    except (*TEXT_ERRORS, ModuleNotFoundError):  # reported when it is read
        pass
    return False


def report_unreadable(file: DataFile, error: Exception, findings: Findings) -> None:
    """A finding for a file that cannot be opened, decompressed or decoded."""
    if isinstance(error, UnicodeError):
        report_not_text(file, findings)
        return
    reason, hint = getattr(error, "strerror", None), ""
    message = f"{file.name} cannot be read: {reason or error}"
    if is_compressed(file.path) and not reason and not isinstance(error, csv.Error):
        message = f"{file.name} cannot be decompressed: {error}"
        hint = "its suffix tells the compression: the file is damaged, or the suffix is wrong"
    if isinstance(error, UnpacksTooLargeError):
        message, hint = f"{file.name} is not read: {error}", error.hint
    findings.error(file.span, "bad-data-file", message, hint=hint)


def report_not_text(file: DataFile, findings: Findings) -> None:
    """A finding for a file with bytes that are not text in its encoding."""
    dialect = dialect_of(file.source)
    name = "UTF-8" if dialect.is_utf8 else dialect.encoding
    hint = f"save the file as {name}"
    if file.source.kind == CSV and not file.by_hand and _is_utf16(file.path):
        hint = f"write {csv_option('encoding', 'utf-16')}, or {hint}"
    elif file.source.kind == CSV and not file.by_hand:
        hint = f"{hint}, or write its encoding, such as {csv_option('encoding', 'cp1252')}"
    findings.error(file.span, "bad-data-file", f"{file.name} is not {name} text", hint=hint)


def _is_utf16(path: Path) -> bool:
    """Whether a file begins with the mark of UTF-16."""
    try:
        with path.open("rb") as stream:
            return stream.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
    except OSError:
        return False


def report_missing_package(
    file: DataFile, what: str, findings: Findings, package: str = "pyarrow"
) -> None:
    """A finding for a file that cannot be read without a package; `what` is its kind, plural."""
    message = f"{file.name} cannot be read: {what} need the package {package}"
    hint = f"install it with pip install 'keras-modelspec[tensorflow]', or pip install {package}"
    findings.error(file.span, "needs-package", message, hint=hint)
