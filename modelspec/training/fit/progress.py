"""Showing the progress of a training: a bar on a terminal, else a line an epoch, or JSON."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol, TextIO

from modelspec.events import UntilUnread, event_json, now_text
from modelspec.files import cannot_write
from modelspec.training.logs import flatten_logs, format_logs

RESUMED = "resumed after "
"""What the line of a `RESUME` event begins with; how much was done follows."""


class EventKind(StrEnum):
    """What can happen in a training; `event` in the JSON."""

    BEGIN = "begin"
    RESUME = "resume"
    WEIGHTS = "weights"
    WARNING = "warning"
    PHASE = "phase"
    EPOCH = "epoch"
    PAUSE = "pause"
    CALIBRATION = "calibration"
    THRESHOLD = "threshold"
    END = "end"


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened: as a line for people, and as plain data for machines."""

    kind: EventKind
    line: str
    facts: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def warning(cls, message: str) -> Event:
        """Something that does not stop the training."""
        return cls(EventKind.WARNING, f"warning: {message}", {"message": message})


class Progress(Protocol):
    """Told of events and, for a bar, of steps."""

    def begin_epoch(self, epoch: int, epochs: int, steps: int | None) -> None:
        """An epoch begins; epochs count from 1."""

    def step(self, done: int, logs: Mapping[str, Any]) -> None:
        """So many steps of the epoch are done."""

    def report(self, event: Event) -> None:
        """Something happened."""

    def close(self) -> None:
        """Nothing more will come."""


class LineProgress:
    """One plain line for each event."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream

    def begin_epoch(self, epoch: int, epochs: int, steps: int | None) -> None:
        """Nothing to show yet."""

    def step(self, done: int, logs: Mapping[str, Any]) -> None:
        """Nothing to show yet."""

    def report(self, event: Event) -> None:
        """Print the line."""
        print(event.line, file=self.stream, flush=True)

    def close(self) -> None:
        """Nothing to close."""


class JsonProgress(LineProgress):
    """One JSON object a line for each event."""

    def report(self, event: Event) -> None:
        """Print the event; NaN and infinity, which JSON does not have, are null."""
        print(event_json(event.kind, event.facts), file=self.stream, flush=True)


class BarProgress:
    """A bar for the running epoch, above it a line for each one that is over."""

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
        self._next_update = 0.0

    def begin_epoch(self, epoch: int, epochs: int, steps: int | None) -> None:
        """Start the bar anew."""
        description = f"epoch {epoch}/{epochs}"
        self._bar.reset(self._task, total=steps, description=description, values="")
        self._bar.start()

    def step(self, done: int, logs: Mapping[str, Any]) -> None:
        """Move the bar, at most ten times a second: reading the values waits for the device."""
        now = time.monotonic()
        if now >= self._next_update:
            self._next_update = now + 0.1
            self._bar.update(self._task, completed=done, values=format_logs(flatten_logs(logs)))

    def report(self, event: Event) -> None:
        """Print the line above the bar."""
        self._bar.console.print(event.line, markup=False, soft_wrap=True)

    def close(self) -> None:
        """Remove the bar."""
        self._bar.stop()


class LogProgress:
    """Another progress, whose lines also go to a log file, each with its time."""

    def __init__(self, inner: Progress, path: Path) -> None:
        self.inner = inner
        self.path = path
        self._show = UntilUnread()

    def begin_epoch(self, epoch: int, epochs: int, steps: int | None) -> None:
        """Pass on."""
        self._show(lambda: self.inner.begin_epoch(epoch, epochs, steps))

    def step(self, done: int, logs: Mapping[str, Any]) -> None:
        """Pass on."""
        self._show(lambda: self.inner.step(done, logs))

    def report(self, event: Event) -> None:
        """Write the line and pass on.

        Raises:
            CannotRunError: the file cannot be written.
        """
        try:
            with self.path.open("a", encoding="utf-8", newline="\n") as file:
                file.write(f"{now_text()} {event.line}\n")
        except OSError as error:
            raise cannot_write(self.path, error) from error
        self._show(lambda: self.inner.report(event))

    def close(self) -> None:
        """Pass on."""
        self._show(self.inner.close)


def progress_on(log_format: str = "auto", stream: TextIO | None = None) -> Progress:
    """Progress that is shown on a stream, by default standard error.

    Args:
        log_format: "json"; "lines"; "auto" for a bar if the stream is a terminal, else lines.
        stream: to write to.
    """
    stream = stream or sys.stderr
    if log_format == "json":
        return JsonProgress(stream)
    is_bar = log_format == "auto" and stream.isatty()
    return BarProgress(stream) if is_bar else LineProgress(stream)
