"""Writing files so that no reader, and no power cut, sees half of one; their formats and hashes."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Protocol, TypeVar

from modelspec.diagnostics import CannotRunError, UsageError, join_words, nearest, one_line

Content = str | bytes | Callable[[Path], object]
"""What goes into a file: text (written as UTF-8), bytes, or a function that fills the path it is
called with."""


def write_atomically(path: Path, content: Content) -> Path:
    """Write a file, whole or not at all; returns its path.

    The content goes into a draft beside the file, with the same suffix, which replaces the file
    once the disk has it. Missing parent folders are made. If writing fails, the draft is removed
    and the file stays as it was.

    Raises:
        CannotRunError: the file cannot be written.
    """
    draft = draft_of(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _fill(draft, content)
        _sync(draft)
        draft.replace(path)
        _sync(path.parent)
    except BaseException as error:
        with suppress(OSError):
            draft.unlink()
        if isinstance(error, OSError):
            raise cannot_write(path, error) from error
        raise
    return path


def draft_of(path: Path) -> Path:
    """The name of the draft of a file: always the same, so that a killed process leaves one."""
    return path.with_name(f".draft-{path.name}")


def refuse_existing(*paths: Path, force: bool) -> None:
    """Refuse to overwrite files that the user has not said may go.

    Raises:
        UsageError: one of the paths exists, and `force` is false.
    """
    for path in paths:
        if os.path.lexists(path) and not force:
            raise UsageError(f"{path} exists; --force overwrites it")


def similar_name(path: Path, written: str = "", what: str = "file") -> str:
    """The end of a message on a file that is not there: the like path of another beside it.

    Args:
        path: of the file.
        written: the path as a spec has it, where that leads from another folder.
        what: "file", or "folder" for which no file is offered.
    """
    try:
        others = [one for one in path.parent.iterdir() if what == "file" or one.is_dir()]
        names = sorted(other.name for other in others)
    except OSError:
        return ""
    near = nearest(path.name, names)
    if near is None:
        return ""
    return f'; did you mean "{one_line(str(Path(written or path).parent / near))}"?'


def cannot_write(path: Path, error: OSError) -> CannotRunError:
    """The error for a file that the operating system does not let us write."""
    return CannotRunError(f"{path} cannot be written: {error.strerror or error}")


class HasSuffixes(Protocol):
    """A format: the endings of its files."""

    @property
    def suffixes(self) -> tuple[str, ...]:
        """In lower case, with their points."""


Format = TypeVar("Format", bound=HasSuffixes)


def choose_format(
    formats: Mapping[str, Format], form: str | None, output: Path | str | None, what: str
) -> Format:
    """The format that is asked for, else the one that the ending of a file says, else the first.

    Args:
        formats: by name.
        form: the name of a format, if one is asked for.
        output: the file to write, if any.
        what: what is written, such as "a picture".

    Raises:
        UsageError: there is no such format, or the ending of the file says none.
    """
    if form is not None:
        if form not in formats:
            raise UsageError(f"{what} is {join_words(formats, 'or')}, got {form}")
        return formats[form]
    if output is None:
        return next(iter(formats.values()))
    name = Path(output).name.lower()
    for found in formats.values():
        if name.endswith(found.suffixes):
            return found
    endings = ", ".join(f"{name} is {' or '.join(one.suffixes)}" for name, one in formats.items())
    raise UsageError(f"the ending of {output} says no format: {endings}; or choose one by --format")


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, in hex.

    Raises:
        CannotRunError: it cannot be read.
    """
    from hashlib import file_digest

    try:
        with path.open("rb") as file:
            return file_digest(file, "sha256").hexdigest()
    except OSError as error:
        message = f"{path} cannot be read: {error.strerror or error}"
        raise CannotRunError(message) from error


def _fill(draft: Path, content: Content) -> None:
    if isinstance(content, str):
        draft.write_text(content, encoding="utf-8", newline="\n")  # on Windows too
    elif isinstance(content, bytes):
        draft.write_bytes(content)
    else:
        content(draft)


def _sync(path: Path) -> None:
    """Wait until the disk has a file, or the names in a folder, so that a power cut finds them."""
    is_windows = os.name == "nt"
    if path.is_dir() and is_windows:  # Windows opens no folders
        return
    number = os.open(path, os.O_RDWR if is_windows else os.O_RDONLY)  # it flushes what it may write
    try:
        os.fsync(number)
    finally:
        os.close(number)
