"""A study while it runs: a table on a terminal, else a line or an object for each event."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Protocol, TextIO

from modelspec.events import UntilUnread, event_json

from ..record import Proposal, ProposalState, StudyRecord
from .events import Running, StudyEvent, StudyEventKind, StudyEvents
from .order import best_trials
from .wording import (
    counts_text,
    number_text,
    objective_values,
    seconds_text,
    settings_text,
    short_names,
)

SHOWN = 5
"""So many of the best trials are in the table."""


class _Display(Protocol):
    def show(self, events: Iterable[StudyEvent], record: StudyRecord, running: Running) -> None:
        """Show what happened, and the state that it led to."""

    def close(self) -> None:
        """Nothing more comes."""


class _Lines:
    """One line an event."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream

    def show(self, events: Iterable[StudyEvent], record: StudyRecord, running: Running) -> None:
        for event in events:
            if event.line:
                print(event.line, file=self.stream, flush=True)

    def close(self) -> None:
        """Nothing to close."""


class _JsonLines(_Lines):
    """One JSON object an event."""

    def show(self, events: Iterable[StudyEvent], record: StudyRecord, running: Running) -> None:
        for event in events:
            print(event_json(event.kind, event.facts), file=self.stream, flush=True)


class _Table:
    """A table that is redrawn: what is in training, and the best trials so far."""

    def __init__(self, stream: TextIO, clock: Callable[[], float]) -> None:
        from rich.console import Console
        from rich.live import Live

        self.clock = clock
        self.begun = clock()
        self.live = Live(
            console=Console(file=stream, highlight=False), auto_refresh=False, transient=True
        )
        self.live.start()

    def show(self, events: Iterable[StudyEvent], record: StudyRecord, running: Running) -> None:
        for event in events:
            if event.kind is StudyEventKind.FAILED:
                self.live.console.print(event.line, markup=False, soft_wrap=True)
        self.live.update(self._table(record, running), refresh=True)

    def _table(self, record: StudyRecord, running: Running) -> Any:
        from rich.table import Table
        from rich.text import Text

        best = record.best
        title = f"{record.name}: {counts_text(record)}"
        if best is not None and len(record.objectives) == 1:
            title += f", best {objective_values(record, best)} (trial {best.number})"
        title += f"  {seconds_text(self.clock() - self.begun)}"
        table = Table(box=None, title=title, title_justify="left", title_style="bold", padding=0)
        table.pad_edge, table.padding = False, (0, 2, 0, 0)
        rows = list(_rows(record, running))
        names = ("trial", "state", "epoch", *(one.name for one in record.objectives))
        for index, name in enumerate(names):
            # only the settings are cut where the terminal is narrow
            width = max(map(len, (name, *(cells[index] for cells in rows))))
            justify: Any = "left" if name == "state" else "right"
            table.add_column(name, justify=justify, no_wrap=True, min_width=width)
        table.add_column("settings", no_wrap=True, overflow="ellipsis")
        for cells in rows:
            table.add_row(*(Text(cell) for cell in cells))
        return table

    def close(self) -> None:
        self.live.stop()


def _rows(record: StudyRecord, running: Running) -> Iterator[tuple[str, ...]]:
    """The cells of what is in training, then of the best trials."""
    names = short_names(one.name for one in record.dimensions)
    for one in record.proposals:
        if one.state is ProposalState.RUNNING:
            news = running.get(one.number, {})
            epoch, logs = news.get("epoch", one.epochs), news.get("logs", {})
            values = {
                o.name: logs.get(o.name, one.objectives.get(o.name)) for o in record.objectives
            }
            state = "training" if one.number in running else "waits"
            yield _cells(record, one, state, epoch, values, names)
    for one in best_trials(record)[:SHOWN]:
        yield _cells(record, one, str(one.state), one.epochs, one.objectives, names)


def _cells(
    record: StudyRecord,
    one: Proposal,
    state: str,
    epoch: int,
    values: Mapping[str, float | None],
    names: Mapping[str, str],
) -> tuple[str, ...]:
    shown = [values.get(objective.name) for objective in record.objectives]
    numbers = ["" if value is None else number_text(value) for value in shown]
    settings = settings_text(one.values, names)
    return (str(one.number), state, f"{epoch}/{record.epochs}", *numbers, settings)


class StudyProgress:
    """Shows a study while it runs.

    Args:
        log_format: "json"; "lines"; "auto" for a table if the stream is a terminal, else lines.
        stream: to write to; by default standard error.
        clock: seconds that pass.
    """

    def __init__(
        self,
        log_format: str = "auto",
        stream: TextIO | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        stream = stream or sys.stderr
        self._events = StudyEvents()
        self._show = UntilUnread()
        self._display: _Display
        if log_format == "json":
            self._display = _JsonLines(stream)
        elif log_format == "auto" and stream.isatty():
            self._display = _Table(stream, clock)
        else:
            self._display = _Lines(stream)

    def __call__(self, record: StudyRecord, running: Running) -> None:
        """Show what has happened since the last call.

        Args:
            record: the newest one.
            running: for each trial that is in training the newest event of its training.
        """
        events = list(self._events.since(record, running))
        self._show(lambda: self._display.show(events, record, running))

    def close(self) -> None:
        """Nothing more comes: remove the table."""
        self._show(self._display.close)
