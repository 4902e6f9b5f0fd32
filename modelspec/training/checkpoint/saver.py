"""When the state of a training goes to the disk, and when a signal ends it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from modelspec.data.feed import Position
from modelspec.runs import RunFolder
from modelspec.training.errors import InterruptedRunError

from .state import BEFORE, LAST, TrainingState
from .state_file import write_state
from .stop_signals import StopSignals

ANY = 1 << 40
"""As many steps as one likes."""


class Saver:
    """Saves after each epoch, after every so many steps, and where a signal asks for an end.

    Two states are kept, so that a damaged file costs little.

    Args:
        folder: of the run.
        standing: what is saved.
        stop: tells of signals.
        steps: of an epoch.
        every: save after so many steps too, counted over epochs; None does not.
    """

    def __init__(
        self,
        folder: RunFolder,
        standing: TrainingState,
        stop: StopSignals,
        steps: int,
        every: int | None,
    ) -> None:
        self.folder = folder
        self.standing = standing
        self.stop = stop
        self.steps = steps
        self.every = every

    def room(self, place: Position) -> int:
        """Steps until the next save."""
        if self.every is None:
            return ANY
        return self.every - self._total(place) % self.every

    def reached(self, place: Position, metrics: Sequence[Any] | None = None) -> None:
        """Save where it is due.

        Raises:
            InterruptedRunError: a signal has come; the state is saved.
            CannotRunError: the disk does not take it.
        """
        if (metrics is None and self._on_mark(place)) or self.stop.asked is not None:
            self._save(self.standing.capture(place, metrics))
        if self.stop.asked is not None:
            raise InterruptedRunError(self.stop.asked, self.folder.path)

    def _on_mark(self, place: Position) -> bool:
        if place.step == 0:
            return True
        return self.every is not None and self._total(place) % self.every == 0

    def _total(self, place: Position) -> int:
        return place.epoch * self.steps + place.step

    def _save(self, state: dict[str, Any]) -> None:
        def write(draft: Path) -> None:
            write_state(draft, state)
            last = self.folder.checkpoints / LAST
            if last.exists():
                last.replace(self.folder.checkpoints / BEFORE)

        self.folder.write(f"checkpoints/{LAST}", write)
