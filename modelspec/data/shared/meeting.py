"""Where the processes of a machine meet: the first one writes, the others wait and read."""

from __future__ import annotations

import atexit
import contextlib
import os
import shutil
import tempfile
import time
from pathlib import Path

from modelspec.diagnostics import CannotRunError
from modelspec.runs import is_file_locked, lock_file

PREFIX = "modelspec-data-"

MEMORY = Path("/dev/shm")  # folders in it are made for this user alone
"""A folder in memory, on Linux."""

SPACE = 2
"""How many times the size of what is written must be free in memory."""

GLANCE = 0.05
"""Seconds between two looks for the other processes."""

BEGIN_WITHIN = 600.0
"""Seconds within which the first process has to begin."""

OWNER, WRITTEN = "owner", "written"
"""Files: locked by the first process while it runs; and with what it says."""

DRAFT = "draft-"

_held = contextlib.ExitStack()
"""The locks of this process, which has them to its end."""

atexit.register(_held.close)


class Meeting:
    """A folder in which the processes of one machine meet once.

    Args:
        token: its name, the same in all of them, and of no other training.
        process: the number of this one.
        processes: those of this machine, in order; the first of them writes.
    """

    def __init__(self, token: str, process: int, processes: tuple[int, ...]) -> None:
        self.process = process
        self.processes = processes
        self._name = f"{PREFIX}{token}"
        self.folder = Path(tempfile.gettempdir()) / self._name

    @property
    def is_first(self) -> bool:
        """Whether this process writes."""
        return self.process == self.processes[0]

    def begin(self) -> None:
        """Say that this process writes; what died processes left is removed.

        Raises:
            OSError: the folder cannot be made.
        """
        _remove_abandoned(self.folder.parent)
        draft = self.folder.with_name(f"{DRAFT}{self._name}")
        draft.mkdir(mode=0o700)
        lock = lock_file(draft / OWNER)
        assert lock is not None  # nobody knows of the folder yet
        _held.enter_context(lock)
        draft.rename(self.folder)

    def new_folder(self, size: int) -> Path:
        """A folder for so many bytes: in memory, where that has room.

        Raises:
            OSError: it cannot be made.
        """
        made = self.folder / "arrays"
        if MEMORY.is_dir() and os.access(MEMORY, os.W_OK):
            with contextlib.suppress(OSError):
                if shutil.disk_usage(MEMORY).free > SPACE * size:
                    made = MEMORY / self._name
        made.mkdir(mode=0o700)
        return made

    def say(self, where: str) -> None:
        """Tell the others where it is written."""
        draft = self.folder / "draft"
        draft.write_text(where, encoding="utf-8", newline="\n")
        draft.replace(self.folder / WRITTEN)

    def wait(self) -> str:
        """Where the first process says that it is written.

        Raises:
            CannotRunError: it has ended, or has not begun within `BEGIN_WITHIN` seconds.
        """
        try:
            return self._awaited()
        except CannotRunError:
            self.leave()
            raise

    def _awaited(self) -> str:
        who = f"worker {self.processes[0]}, which reads the data for this machine,"
        end = time.monotonic() + BEGIN_WITHIN
        while True:
            is_there = self.folder.is_dir()
            is_alive = is_there and _is_alive(self.folder)
            with contextlib.suppress(FileNotFoundError):
                return (self.folder / WRITTEN).read_text(encoding="utf-8")
            if is_there and not is_alive:
                raise CannotRunError(f"{who} ended before they were there")
            if not is_there and time.monotonic() > end:
                raise CannotRunError(f"{who} has not begun within {BEGIN_WITHIN:g} seconds")
            time.sleep(GLANCE)

    def leave(self) -> None:
        """Say that this process has what it needs; the last one removes the folders."""
        with contextlib.suppress(OSError):
            (self.folder / f"left-{self.process}").touch()
            stays = [n for n in self.processes if not (self.folder / f"left-{n}").exists()]
            if not stays or (stays == [self.processes[0]] and not _is_alive(self.folder)):
                self.remove()

    def remove(self) -> None:
        """Remove the folders."""
        for folder in (MEMORY / self._name, self.folder):
            shutil.rmtree(folder, ignore_errors=True)


def _is_alive(folder: Path) -> bool:
    """Whether the process that made a folder runs."""
    return is_file_locked(folder / OWNER)


def _remove_abandoned(parent: Path) -> None:
    """Remove the folders of processes that ended before the others had read."""
    for folder in parent.glob(f"{PREFIX}*"):
        if folder.is_dir() and not _is_alive(folder):
            shutil.rmtree(MEMORY / folder.name, ignore_errors=True)
            shutil.rmtree(folder, ignore_errors=True)
