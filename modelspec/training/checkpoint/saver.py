"""Saving the state of a training: when it is due, and when a signal ends the training."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from modelspec.data.feed import Position
from modelspec.runs import RunFile, RunFolder
from modelspec.training.engine import present_engine
from modelspec.training.stop_signals import InterruptedRunError, StopSignals

from .state import TrainingState
from .state_file import write_state

if TYPE_CHECKING:
    from modelspec.training.fitted import StateParts

UNLIMITED = 1 << 40
"""More steps than any training has."""


class CheckpointSaver:
    """Saves after each epoch, after every so many steps, and when a signal ends the training.

    The two newest states are on the disk, so that a damaged file costs little.

    Args:
        folder: of the run.
        state: what is saved.
        signals: end the training.
        steps: of an epoch.
        every: save after so many steps too, counted over epochs; None does not.
    """

    def __init__(
        self,
        folder: RunFolder,
        state: TrainingState,
        signals: StopSignals,
        steps: int,
        every: int | None,
    ) -> None:
        self.folder = folder
        self.state = state
        self.signals = signals
        self.steps = steps
        self.every = every

    def steps_until_save(self, position: Position) -> int:
        """How many steps may run before the next call of `on_position`."""
        if self.every is None:
            return UNLIMITED
        return self.every - self._total_steps(position) % self.every

    def on_position(self, position: Position, held: StateParts | None = None) -> None:
        """Save the state if it is due.

        Args:
            position: what is done of the training.
            held: the parts of the state that have other values by now, because a validation is
                running, as they were at the position. Then only a signal makes a save due.

        Raises:
            InterruptedRunError: a signal has come; the state is saved.
            CannotRunError: the disk is full or not writable.
        """
        signal = self._signal()
        if (held is None and self._is_due(position)) or signal is not None:
            self._save(position, held)
        if signal is not None:
            raise InterruptedRunError(signal, self.folder.path)

    def _signal(self) -> int | None:
        """The signal that any process has received: all end at the same position."""
        received, engine = self.signals.received, present_engine()
        if engine.processes == 1:
            return received
        from modelspec.training.engine import gather_numbers

        return int(max(gather_numbers(engine, [received or 0]))[0]) or None

    def _is_due(self, position: Position) -> bool:
        if position.step == 0:
            return True
        return self.every is not None and self._total_steps(position) % self.every == 0

    def _total_steps(self, position: Position) -> int:
        return position.epoch * self.steps + position.step

    def _save(self, position: Position, held: StateParts | None) -> None:
        if not self.folder.writes:  # the chief has the same state
            return
        state = self.state.capture(position, held)

        def write(draft: Path) -> None:
            write_state(draft, state)
            last = self.folder.path / RunFile.LAST_STATE
            if last.exists():
                last.replace(self.folder.path / RunFile.PREVIOUS_STATE)

        self.folder.write(RunFile.LAST_STATE, write)
