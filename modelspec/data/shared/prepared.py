"""Preparing something once for all processes of a machine."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from modelspec.data.table import disk_full_error
from modelspec.diagnostics import ModelspecError
from modelspec.processes import sendable

from .arrays import UnsharableError, read_shared, write_shared
from .meeting import Meeting

Value = TypeVar("Value")

APART = ""
"""What is said where each process has to prepare for itself."""


def prepare_once(
    prepare: Callable[[], Value],
    meeting: Meeting,
    *,
    sent: Callable[[Value], Any] = lambda value: value,
    joined: Callable[[Value, Any], Value] = lambda _, mapped: mapped,
    size_of: Callable[[Value], int] = lambda _: 0,
) -> Value:
    """What a function gives, called by the first process of the machine alone.

    The first one has the arrays mapped too, so that they are in memory once.

    Args:
        prepare: the function, which gives the same in every process.
        meeting: of the processes.
        sent: what of it the others get.
        joined: from what the first one has, and the same with mapped arrays, to what it gets.
        size_of: how many bytes it has, about.

    Raises:
        ModelspecError: what the function raised, in every process.
        CannotRunError: the first process ended, or cannot write.
    """
    if not meeting.is_first:
        where = meeting.wait()
        if where == APART:
            meeting.leave()
            return prepare()
        found = read_shared(Path(where))
        meeting.leave()
        if isinstance(found, ModelspecError):
            raise found
        value: Value = found
        return value
    meeting.begin()
    try:
        value = prepare()
    except ModelspecError as error:
        _tell(meeting, sendable(error), 0)
        raise
    told = _tell(meeting, sent(value), size_of(value))
    return value if told is None else joined(value, told)


def _tell(meeting: Meeting, value: Any, size: int) -> Any:
    """Write a value for the others; the value with arrays that are mapped, or None where the others
    cannot have it."""
    folder = meeting.folder
    try:
        folder = meeting.new_folder(size)
        write_shared(folder, value)
    except UnsharableError:
        meeting.say(APART)
        meeting.leave()
        return None
    except OSError as error:
        what = "the data that the workers of this machine share"
        raise disk_full_error(error, what, folder.parent) from error
    found = read_shared(folder)
    meeting.say(str(folder))
    meeting.leave()
    return found
