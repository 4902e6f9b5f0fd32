"""What is told of a training: a bar on a terminal, elsewhere a plain line an epoch, or JSON."""

from __future__ import annotations

import json
import math
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol, TextIO

from modelspec.files import cannot_write
from modelspec.runs import scalars, shown

BEGIN, RESUME, WARNING, EPOCH, END = "begin", "resume", "warning", "epoch", "end"
"""The kinds of events."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened: in a line for people, and in plain data for machines."""

    kind: str
    line: str
    facts: Mapping[str, Any] = field(default_factory=dict)


class Progress(Protocol):
    """Told of every epoch and, where somebody watches, of steps."""

    def begin(self, epoch: int, epochs: int, steps: int | None) -> None:
        """An epoch begins; epochs count from 1."""

    def step(self, done: int, logs: Mapping[str, Any]) -> None:
        """So many steps of the epoch are done."""

    def tell(self, event: Event) -> None:
        """Anything else."""

    def close(self) -> None:
        """Nothing more will come."""


class Lines:
    """One plain line for each event."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream

    def begin(self, epoch: int, epochs: int, steps: int | None) -> None:
        """Nothing to show yet."""

    def step(self, done: int, logs: Mapping[str, Any]) -> None:
        """Nothing to show yet."""

    def tell(self, event: Event) -> None:
        """Print the line."""
        print(event.line, file=self.stream, flush=True)

    def close(self) -> None:
        """Nothing to close."""


class JsonLines(Lines):
    """One JSON object for each event, on a line of its own."""

    def tell(self, event: Event) -> None:
        """Print the event; a number that JSON does not have is null."""
        object_ = {"event": event.kind, "time": _now(), **_finite(dict(event.facts))}
        print(json.dumps(object_, ensure_ascii=False), file=self.stream, flush=True)


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

    def tell(self, event: Event) -> None:
        """Print the line above the bar."""
        self._bar.console.print(event.line, markup=False, soft_wrap=True)

    def close(self) -> None:
        """Remove the bar."""
        self._bar.stop()


class LogProgress:
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

    def tell(self, event: Event) -> None:
        """Write and pass on.

        Raises:
            CannotRunError: the disk does not take it.
        """
        try:
            with self.path.open("a", encoding="utf-8") as file:
                file.write(f"{_now()} {event.line}\n")
        except OSError as error:
            raise cannot_write(self.path, error) from error
        self.inner.tell(event)

    def close(self) -> None:
        """Pass on."""
        self.inner.close()


def progress_on(form: str = "auto", stream: TextIO | None = None) -> Progress:
    """How progress is shown on a stream, by default standard error.

    Args:
        form: "json"; "lines"; "auto" for a bar where the stream is a terminal, else lines.
        stream: where to.
    """
    stream = stream or sys.stderr
    if form == "json":
        return JsonLines(stream)
    return Bar(stream) if form == "auto" and stream.isatty() else Lines(stream)


LOG_FORMATS = ("auto", "lines", "json")
"""What `progress_on` takes."""


def _now() -> str:
    return datetime.now().astimezone().isoformat(timespec="seconds")


def _finite(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _finite(item) for key, item in value.items()}
    return None if isinstance(value, float) and not math.isfinite(value) else value
