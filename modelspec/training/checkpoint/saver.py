"""Saving the state of a training, when it is due or a signal ends it, and the best models."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from modelspec.data.feed import Position
from modelspec.runs import RunFile, RunFolder, epoch_model
from modelspec.spec.training import Checkpoint, large_is_good
from modelspec.training.stop_signals import InterruptedRunError, StopSignals

from .state import TrainingState
from .state_file import write_state


class BestEpochs:
    """The best epochs so far, of which at most `count` stay on the disk."""

    def __init__(self, monitor: str, mode: str, count: int) -> None:
        self.monitor = monitor
        self.sign = -1.0 if mode == "max" else 1.0
        self.count = count
        self.saved: list[tuple[float, int]] = []
        """(signed value, epoch) of the epochs on the disk: the smallest is the best."""

    def capture(self) -> dict[str, Any]:
        """The state as plain data for a checkpoint."""
        return {"monitor": self.monitor, "sign": self.sign, "kept": list(self.saved)}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take over the epochs that were saved, if they were compared by the same metric."""
        if (self.monitor, self.sign) == (state["monitor"], state["sign"]):
            self.saved = [(value, epoch) for value, epoch in state["kept"]]

    def is_better(self, row: Mapping[str, float]) -> bool:
        """Whether an epoch with these logs is better than the worst one saved."""
        value = self.sign * row.get(self.monitor, math.nan)
        if math.isnan(value):
            return False
        return len(self.saved) < self.count or value < max(self.saved)[0]

    def save(self, model: Any, epoch: int, row: Mapping[str, float], folder: RunFolder) -> None:
        """Save the model of an epoch, then delete the worst one if there are too many."""
        folder.write(epoch_model(epoch), model.save)
        self.saved.append((self.sign * row[self.monitor], epoch))
        if len(self.saved) > self.count:
            worst = max(self.saved)
            self.saved.remove(worst)
            (folder.path / epoch_model(worst[1])).unlink(missing_ok=True)


def monitor_of(checkpoint: Checkpoint, *, validates: bool) -> str:
    """The monitored metric: as written, by default the loss, of validation if there is one."""
    return checkpoint.monitor or ("val_loss" if validates else "loss")


def mode_of(checkpoint: Checkpoint, monitor: str) -> str:
    """`min` or `max`: as written, by default decided by the name of the metric."""
    if checkpoint.mode is not None:
        return checkpoint.mode
    return "max" if large_is_good(monitor) else "min"


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

    def on_position(self, position: Position, metrics: Sequence[Any] | None = None) -> None:
        """Save the state if it is due.

        Args:
            position: what is done of the training.
            metrics: the values of the metrics' variables at the position, if they have others
                by now because a validation is running. Then only a signal makes a save due.

        Raises:
            InterruptedRunError: a signal has come; the state is saved.
            CannotRunError: the disk is full or not writable.
        """
        signal = self.signals.received
        if (metrics is None and self._is_due(position)) or signal is not None:
            self._save(self.state.capture(position, metrics))
        if signal is not None:
            raise InterruptedRunError(signal, self.folder.path)

    def _is_due(self, position: Position) -> bool:
        if position.step == 0:
            return True
        return self.every is not None and self._total_steps(position) % self.every == 0

    def _total_steps(self, position: Position) -> int:
        return position.epoch * self.steps + position.step

    def _save(self, state: dict[str, Any]) -> None:
        def write(draft: Path) -> None:
            write_state(draft, state)
            last = self.folder.path / RunFile.LAST_STATE
            if last.exists():
                last.replace(self.folder.path / RunFile.PREVIOUS_STATE)

        self.folder.write(RunFile.LAST_STATE, write)
