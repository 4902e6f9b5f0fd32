"""The folder of a run: never overwritten unasked, and whole or marked as not."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

from modelspec.diagnostics import CannotRunError, UsageError
from modelspec.files import cannot_write, write_atomically

STATUS, MODEL, HISTORY = "run.json", "model.keras", "history.csv"
CHECKPOINT = "checkpoints/last.npz"
LOCK = ".lock"
RUNNING, COMPLETE, INTERRUPTED, FAILED = "running", "complete", "interrupted", "failed"


class RunFolder:
    """A folder that is being filled. `run.json` says from the first moment how it stands.

    A run that `--force` replaces is moved aside, comes back when the new one fails before it has
    learned anything, and is deleted when the new one is complete or has a checkpoint.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.aside: Path | None = None
        self.open = False
        self._held: BinaryIO | None = None

    @property
    def checkpoints(self) -> Path:
        """Where checkpoints lie; made when the first is written."""
        return self.path / "checkpoints"

    def create(self) -> None:
        """Make the folder.

        Raises:
            CannotRunError: the disk does not take it.
        """
        try:
            if self.path.is_dir() and any(self.path.iterdir()):
                self._hold()
                self.close()
                self.aside = self.path.with_name(f".{self.path.name}.replaced-{os.getpid()}")
                self.path.rename(self.aside)
            self.path.mkdir(parents=True, exist_ok=True)
            self.open = True
            self._hold()
            self.set_status(RUNNING)
        except OSError as error:
            self.undo()
            raise cannot_write(self.path, error) from error

    def resume(self) -> None:
        """Go on in a folder that holds a run.

        Raises:
            UsageError: another process is at work in it.
            CannotRunError: the disk does not take it.
        """
        self._hold()
        self.open = True
        self.set_status(RUNNING)

    def _hold(self) -> None:
        """Keep other processes from training into the folder; it ends with this process."""
        try:
            import fcntl
        except ImportError:  # Windows: nothing is held there
            return
        try:
            held = (self.path / LOCK).open("ab")
        except OSError as error:
            raise cannot_write(self.path, error) from error
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            held.close()
            raise UsageError(f"another process is training in {self.path}") from error
        self._held = held

    def close(self) -> None:
        """Let other processes in."""
        if self._held is not None:
            self._held.close()
            self._held = None
            (self.path / LOCK).unlink(missing_ok=True)

    def set_status(self, status: str, **more: Any) -> None:
        """Write `run.json`."""
        now = datetime.now(UTC).isoformat(timespec="seconds")
        self.write_json(STATUS, {"version": 1, "status": status, "time": now, **more})

    def write_json(self, name: str, value: Any) -> None:
        """Write a JSON file, whole or not at all."""
        self.write_text(name, json.dumps(value, indent=1, ensure_ascii=False) + "\n")

    def write_text(self, name: str, text: str) -> None:
        """Write a text file, whole or not at all."""
        write_atomically(self.path / name, text)

    def write(self, name: str, write: Callable[[Path], Any]) -> Path:
        """Let `write` fill a draft, which then becomes the file `name` of the folder.

        Raises:
            CannotRunError: the disk does not take it.
        """
        return write_atomically(self.path / name, write)

    def keep(self, status: str, **more: Any) -> None:
        """The run stands: say how, and let go of the one that it replaces."""
        self.set_status(status, **more)
        self.open = False
        if self.aside is not None:
            shutil.rmtree(self.aside, ignore_errors=True)
            self.aside = None

    def settle(self, status: str, **more: Any) -> None:
        """End a run that did not come to its end.

        It stays where it has a model or a checkpoint, or where epochs are on record and no other
        run would have to go for it; else it is undone. Does nothing to a run that has ended.
        """
        if not self.open:
            return
        saved = any((self.path / name).exists() for name in (MODEL, CHECKPOINT))
        if saved or (self.aside is None and (self.path / HISTORY).exists()):
            with contextlib.suppress(CannotRunError):  # it says "running" then, which is as good
                self.keep(status, **more)
        else:
            self.undo()

    def undo(self) -> None:
        """The run has learned nothing: remove it, and bring back the one that it replaced.

        Does nothing to a run that `keep` was called for.
        """
        if self.open:
            shutil.rmtree(self.path, ignore_errors=True)
        self.open = False
        if self.aside is not None:
            self.aside.rename(self.path)
            self.aside = None


def choose(output: Path | None, name: str, *, force: bool) -> Path:
    """Where a run goes: `output`, or the first free one of runs/NAME, runs/NAME-2, ...

    Raises:
        UsageError: the folder has something in it, and `force` is false or it holds no run.
    """
    if output is None:
        path, number = Path("runs") / name, 1
        while path.exists() and not force:
            number += 1
            path = Path("runs") / f"{name}-{number}"
        output = path
    if output.exists() and not output.is_dir():
        raise UsageError(f"{output} is a file; a run is a folder")
    if not output.exists() or not any(output.iterdir()):
        return output
    if not (output / STATUS).is_file():
        raise UsageError(f"{output} is not empty and holds no run; choose another folder")
    if not force:
        message = f"{output} holds a run already; choose another folder, or replace it with --force"
        raise UsageError(message)
    return output


def status_of(path: Path) -> dict[str, Any]:
    """What `run.json` says.

    Raises:
        UsageError: the folder holds no run.
    """
    try:
        found: dict[str, Any] = json.loads((path / STATUS).read_text(encoding="utf-8"))
        return found
    except OSError as error:
        raise UsageError(f"{path} is no run folder: it has no {STATUS}") from error
    except ValueError as error:
        raise UsageError(f"{path / STATUS} is damaged: {error}") from error
