"""Writing a run folder: never overwritten unasked, and complete or marked as incomplete."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

from modelspec.diagnostics import CannotRunError, UsageError
from modelspec.files import Content, cannot_write, write_atomically

from .layout import RunFile, RunStatus
from .lock import lock_folder


class RunFolder:
    """A run folder that is being filled. From the first moment `run.json` gives its state.

    A run that `--force` replaces is renamed first. It is restored if the new one fails before it
    has a checkpoint, and deleted once the new one is complete or has one.
    """

    writes = True
    """Whether this process writes the folder."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._replaced: Path | None = None
        self._is_open = False
        self._lock_file: BinaryIO | None = None

    def create(self) -> None:
        """Make the folder, lock it, and mark the run as running.

        Raises:
            UsageError: another process is training in it.
            CannotRunError: the folder cannot be written.
        """
        try:
            if self.path.is_dir() and any(self.path.iterdir()):
                self._lock()
                self.unlock()
                self._replaced = self.path.with_name(f".{self.path.name}.replaced-{os.getpid()}")
                self.path.rename(self._replaced)
            self.path.mkdir(parents=True, exist_ok=True)
            self._is_open = True
            self._lock()
            self.set_status(RunStatus.RUNNING)
        except OSError as error:
            self.roll_back()
            raise cannot_write(self.path, error) from error

    def resume(self) -> None:
        """Lock a folder that holds a run, and mark the run as running.

        Raises:
            UsageError: another process is training in it.
            CannotRunError: the folder cannot be written.
        """
        self._lock()
        self._is_open = True
        self.set_status(RunStatus.RUNNING)

    def _lock(self) -> None:
        """Keep other processes from training into the folder until `unlock`, or this one ends."""
        try:
            self._lock_file = lock_folder(self.path)
        except OSError as error:
            raise cannot_write(self.path, error) from error
        if self._lock_file is None:
            raise UsageError(f"another process is training in {self.path}")

    def unlock(self) -> None:
        """Let other processes train into the folder."""
        if self._lock_file is not None:
            self._lock_file.close()
            self._lock_file = None
            (self.path / RunFile.LOCK).unlink(missing_ok=True)

    def set_status(self, status: RunStatus, **more: Any) -> None:
        """Write `run.json`."""
        now = datetime.now(UTC).isoformat(timespec="seconds")
        self.write_json(RunFile.STATUS, {"version": 1, "status": status, "time": now, **more})

    def write_json(self, name: str, value: Any) -> None:
        """Write a JSON file atomically; raises as `write` does."""
        self.write(name, json.dumps(value, indent=1, ensure_ascii=False) + "\n")

    def write(self, name: str, content: Content) -> None:
        """Write a file atomically.

        Args:
            name: its path in the folder.
            content: as for `write_atomically`.

        Raises:
            CannotRunError: the file cannot be written.
        """
        write_atomically(self.path / name, content)

    def delete(self, name: str) -> None:
        """Delete a file, if it is there."""
        (self.path / name).unlink(missing_ok=True)

    def finish(self, status: RunStatus, **more: Any) -> None:
        """Mark the run as ended with `status`, and delete the run that it replaced."""
        self.set_status(status, **more)
        self._is_open = False
        if self._replaced is not None:
            shutil.rmtree(self._replaced, ignore_errors=True)
            self._replaced = None

    def abandon(self, status: RunStatus, **more: Any) -> None:
        """End a run that was interrupted or failed; does nothing to one that has ended.

        The folder stays if it has a model or a checkpoint, or if it has a history and replaces no
        other run. Otherwise it is rolled back.
        """
        if not self._is_open:
            return
        saved = any((self.path / name).exists() for name in (RunFile.MODEL, RunFile.LAST_STATE))
        if saved or (self._replaced is None and (self.path / RunFile.HISTORY).exists()):
            # where this fails `run.json` says "running" without a lock, which means the same
            with contextlib.suppress(CannotRunError):
                self.finish(status, **more)
        else:
            self.roll_back()

    def roll_back(self) -> None:
        """Delete a run that has not ended, and restore the one that it replaced."""
        if self._is_open:
            self.unlock()  # Windows keeps a file that is open, and so its folder
            shutil.rmtree(self.path, ignore_errors=True)
        self._is_open = False
        if self._replaced is not None:
            self._replaced.rename(self.path)
            self._replaced = None


def choose_folder(
    output: Path | None,
    name: str,
    *,
    force: bool,
    mark: str = RunFile.STATUS,
    kind: str = "run",
) -> Path:
    """The folder for a new run: `output`, or the first free one of runs/NAME, runs/NAME-2, ...

    Args:
        output: as given by the user.
        name: of the run.
        force: it can be a run folder.
        mark: the file by which a run folder is known.
        kind: of what is in the folder, for messages.

    Raises:
        UsageError: the folder is not empty, and `force` is false or it is not a run folder.
    """
    if output is None:
        path, number = Path("runs") / name, 1
        while path.exists() and not force:
            number += 1
            path = Path("runs") / f"{name}-{number}"
        output = path
    if output.exists() and not output.is_dir():
        raise UsageError(f"{output} is a file; a {kind} is a folder")
    if not output.exists() or not any(output.iterdir()):
        return output
    if not (output / mark).is_file():
        message = f"{output} is neither empty nor a {kind} folder; choose another folder"
        raise UsageError(message)
    if not force:
        message = f"{output} holds a {kind} already; choose another folder"
        raise UsageError(f"{message}, or replace it with --force")
    return output
