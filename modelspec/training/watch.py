"""The one callback of modelspec's own: history, progress, checkpoints and signals.

Imports Keras: import this module only where a model is there already.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import keras

from .folder import HISTORY, RunFolder
from .history import History, shown
from .problems import InterruptedRunError
from .progress import Progress
from .ready import Ready
from .stopping import Stop


class Watch(keras.callbacks.Callback):  # type: ignore[misc]  # Keras has no types
    """Follows one `fit`. It stands last, so that it sees what other callbacks put in the logs."""

    def __init__(
        self,
        folder: RunFolder,
        progress: Progress,
        stop: Stop,
        epochs: int,
        ready: Ready,
    ) -> None:
        super().__init__()
        self.folder = folder
        self.progress = progress
        self.stop = stop
        self.epochs = epochs
        self.best = ready.best
        self.history = History(folder.path / HISTORY, ready.logs)
        self.steps = 0
        self._began = 0.0

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Start the clock and the bar."""
        self._began = time.monotonic()
        self.progress.begin(epoch + 1, self.epochs, self.params.get("steps"))

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Count; leave where a signal asks for it."""
        self.steps += 1
        self.progress.step(batch + 1, logs or {})
        self.leave_if_asked()

    def on_test_batch_end(self, batch: int, logs: Any = None) -> None:
        """Leave where a signal asks for it."""
        self.leave_if_asked()

    def on_epoch_end(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Write the epoch's row, keep its model where it is among the best, and say so."""
        seconds = time.monotonic() - self._began
        row = self.history.add(epoch + 1, logs or {}, seconds)
        kept = ""
        if self.best is not None and self.best.wants(epoch + 1, row):
            self.best.keep(self.model, epoch + 1, row, self.folder)
            kept = "  kept"
        values = {name: value for name, value in row.items() if name != "seconds"}
        width = len(str(self.epochs))
        number = f"{epoch + 1:>{width}}/{self.epochs}"
        self.progress.end(f"epoch {number}  {shown(values)}  {seconds:.1f}s{kept}")
        self.leave_if_asked()

    def leave_if_asked(self) -> None:
        """Where a signal has asked for it: save a checkpoint and raise."""
        if self.stop.asked is not None:
            path = save_checkpoint(self.model, self.folder, "interrupted.keras")
            raise InterruptedRunError(self.stop.asked, path)


def save_checkpoint(model: Any, folder: RunFolder, name: str) -> Path:
    """The whole model with the optimizer's state, in the run's checkpoints/."""
    return folder.write(f"checkpoints/{name}", model.save)
