"""What a person sees of a training: a bar on a terminal, elsewhere one plain line an epoch."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol, TextIO

from .folder import cannot_write
from .history import scalars, shown


class Progress(Protocol):
    """Told of every step and epoch."""

    def begin(self, epoch: int, epochs: int, steps: int | None) -> None:
        """An epoch begins; epochs count from 1."""

    def step(self, done: int, logs: Mapping[str, Any]) -> None:
        """So many steps of the epoch are done."""

    def end(self, line: str) -> None:
        """The epoch is over; `line` says how it went."""

    def say(self, line: str) -> None:
        """Anything else."""

    def close(self) -> None:
        """Nothing more will come."""


class Lines:
    """One plain line for each epoch."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream

    def begin(self, epoch: int, epochs: int, steps: int | None) -> None:
        """Nothing to show yet."""

    def step(self, done: int, logs: Mapping[str, Any]) -> None:
        """Nothing to show yet."""

    def end(self, line: str) -> None:
        """Print the line."""
        self.say(line)

    def say(self, line: str) -> None:
        """Print the line."""
        print(line, file=self.stream, flush=True)

    def close(self) -> None:
        """Nothing to close."""


class Bar:
    """A bar for the epoch that runs, above it a line for each that is over."""

    def __init__(self, stream: TextIO) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
        from rich.progress import Progress as RichProgress

        self._bar = RichProgress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TimeRemainingColumn(compact=True),
            TextColumn("{task.fields[values]}", style="dim"),
            console=Console(file=stream, highlight=False),
            transient=True,
        )
        self._task = self._bar.add_task("", values="")
        self._next = 0.0

    def begin(self, epoch: int, epochs: int, steps: int | None) -> None:
        """Start the bar anew."""
        description = f"epoch {epoch}/{epochs}"
        self._bar.reset(self._task, total=steps, description=description, values="")
        self._bar.start()

    def step(self, done: int, logs: Mapping[str, Any]) -> None:
        """Move the bar; values are read at most ten times a second, for reading waits for them."""
        now = time.monotonic()
        if now >= self._next:
            self._next = now + 0.1
            self._bar.update(self._task, completed=done, values=shown(scalars(logs)))

    def end(self, line: str) -> None:
        """Print the line above the bar."""
        self.say(line)

    def say(self, line: str) -> None:
        """Print the line above the bar."""
        self._bar.console.print(line, markup=False, soft_wrap=True)

    def close(self) -> None:
        """Remove the bar."""
        self._bar.stop()


class Logged:
    """Another progress, with all that it says also in a log file, each line with its time."""

    def __init__(self, inner: Progress, path: Path) -> None:
        self.inner = inner
        self.path = path

    def begin(self, epoch: int, epochs: int, steps: int | None) -> None:
        """Pass on."""
        self.inner.begin(epoch, epochs, steps)

    def step(self, done: int, logs: Mapping[str, Any]) -> None:
        """Pass on."""
        self.inner.step(done, logs)

    def end(self, line: str) -> None:
        """Write and pass on."""
        self.log(line)
        self.inner.end(line)

    def say(self, line: str) -> None:
        """Write and pass on."""
        self.log(line)
        self.inner.say(line)

    def log(self, line: str) -> None:
        """Write to the file alone.

        Raises:
            CannotRunError: the disk does not take it.
        """
        now = datetime.now().astimezone().isoformat(timespec="seconds")
        try:
            with self.path.open("a", encoding="utf-8") as file:
                file.write(f"{now} {line}\n")
        except OSError as error:
            raise cannot_write(self.path, error) from error

    def close(self) -> None:
        """Pass on."""
        self.inner.close()


def progress_on(stream: TextIO | None = None) -> Progress:
    """A bar where the stream (standard error by default) is a terminal, else plain lines."""
    stream = stream or sys.stderr
    return Bar(stream) if stream.isatty() else Lines(stream)
