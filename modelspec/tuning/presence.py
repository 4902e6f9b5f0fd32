"""Which processes work on a study folder, and whose turn it is: by locks, which end with them."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from modelspec.files import cannot_write
from modelspec.runs import is_file_locked, lock_file, wait_for_lock

from .study_files import StudyFile


class Presence:
    """This process among those that work on a study folder.

    Attributes:
        name: unique among them while it is registered.
    """

    def __init__(self, folder: Path) -> None:
        self.name = f"{socket.gethostname()}-{os.getpid()}"
        self._folder = folder
        self._is_alone = False

    @contextmanager
    def registered(self) -> Iterator[None]:
        """While others see that this process lives.

        Raises:
            CannotRunError: the folder cannot be written.
        """
        base, number = self.name, 1
        path = _lock_of(self._folder, base)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            while (file := lock_file(path)) is None:  # in another container, with the same numbers
                number += 1
                self.name = f"{base}-{number}"
                path = _lock_of(self._folder, self.name)
        except OSError as error:
            raise cannot_write(path, error) from error
        try:
            yield
        finally:
            path.unlink(missing_ok=True)
            file.close()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """While no other process decides or writes."""
        if self._is_alone:
            yield
            return
        with wait_for_lock(self._folder / StudyFile.LOCK):
            self._is_alone = True
            try:
                yield
            finally:
                self._is_alone = False

    def lives(self, name: str) -> bool:
        """Whether the process with a name still works on the study."""
        return is_file_locked(_lock_of(self._folder, name))


def is_worked_on(folder: Path) -> bool:
    """Whether a process works on a study folder."""
    return any(map(is_file_locked, (folder / StudyFile.COORDINATORS).glob("*.lock")))


def _lock_of(folder: Path, name: str) -> Path:
    return folder / StudyFile.COORDINATORS / f"{name}.lock"
