"""modelspec's own callback: history, progress and the models of the best epochs.

Imports Keras: import this module only where Keras is loaded already.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

import keras

from modelspec.runs import PHASE, History, RunFile, RunFolder
from modelspec.training.checkpoint import BestEpochs
from modelspec.training.logs import flatten_logs, format_logs

from .progress import Event, EventKind, Progress


class RunCallback(keras.callbacks.Callback):  # type: ignore[misc]  # Keras has no types
    """Follows a training. It is the last callback, so that it sees what others add to the logs.

    Args:
        folder: takes the history and the models.
        progress: told of each epoch.
        epochs: how many there are.
        best_epochs: which models are saved; None saves none.
        log_names: the order of the columns of the history.
        saved: the model of which those of the best epochs are saved.
    """

    needs_every_step = False

    def __init__(
        self,
        folder: RunFolder,
        progress: Progress,
        epochs: int,
        best_epochs: BestEpochs | None,
        log_names: Sequence[str],
        saved: Any,
    ) -> None:
        super().__init__()
        self.folder = folder
        self.progress = progress
        self.epochs = epochs
        self.best_epochs = best_epochs
        self.log_names = log_names
        self.saved = saved
        self.history = History(folder.path / RunFile.HISTORY if folder.writes else None)
        self.phase = 0
        """The number of the phase; 0 in a training without phases."""
        self._epoch_start = 0.0

    def capture(self) -> dict[str, Any]:
        """The state as plain data for a checkpoint."""
        return {
            "seconds": time.monotonic() - self._epoch_start,
            "history": self.history.capture(),
            "best": None if self.best_epochs is None else self.best_epochs.capture(),
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Return to a state that `capture` returned."""
        self._epoch_start = time.monotonic() - state["seconds"]
        self.history.restore(state["history"])
        if self.best_epochs is not None and state["best"] is not None:
            self.best_epochs.restore(state["best"])

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Start the clock and the progress bar."""
        self._epoch_start = time.monotonic()
        self.progress.begin_epoch(epoch + 1, self.epochs, self.params.get("steps"))

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Move the progress bar."""
        self.progress.step(batch + 1, logs or {})

    def on_epoch_end(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Write the epoch's row, save its model if it is among the best, and report both."""
        number = epoch + 1
        seconds = time.monotonic() - self._epoch_start
        values = flatten_logs(logs or {}, self.log_names)
        phase = {PHASE: self.phase} if self.phase else {}
        row = self.history.add(number, {**phase, **values}, seconds)
        is_saved = self.best_epochs is not None and self.best_epochs.is_better(row)
        if self.best_epochs is not None and is_saved:
            self.best_epochs.save(self.saved, number, row, self.folder)
        width = len(str(self.epochs))
        line = f"epoch {number:>{width}}/{self.epochs}  {format_logs(values)}  {seconds:.1f}s"
        facts = {
            "epoch": number,
            "epochs": self.epochs,
            **phase,
            "kept": is_saved,
            "seconds": row["seconds"],
            "logs": values,
        }
        self.progress.report(Event(EventKind.EPOCH, line + "  saved" * is_saved, facts))
