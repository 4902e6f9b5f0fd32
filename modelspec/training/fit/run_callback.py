"""The one callback of modelspec's own: history, progress and the best epochs.

Imports Keras: import this module only where a model is there already.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import keras

from modelspec.runs import HISTORY, History, RunFolder, shown
from modelspec.training.prepare import PreparedTraining

from .progress import EPOCH, Event, Progress


class RunCallback(keras.callbacks.Callback):  # type: ignore[misc]  # Keras has no types
    """Follows a training. It stands last, so that it sees what other callbacks put in the logs."""

    any_pace = True
    """It need not see every step."""

    def __init__(
        self, folder: RunFolder, progress: Progress, epochs: int, ready: PreparedTraining
    ) -> None:
        super().__init__()
        self.folder = folder
        self.progress = progress
        self.epochs = epochs
        self.best = ready.best
        self.history = History(folder.path / HISTORY, ready.compiled.logs)
        self._began = 0.0

    def capture(self) -> dict[str, Any]:
        """What a resumed training needs to know."""
        return {
            "seconds": time.monotonic() - self._began,
            "history": self.history.capture(),
            "best": None if self.best is None else self.best.capture(),
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go on from what `capture` gave."""
        self._began = time.monotonic() - state["seconds"]
        self.history.restore(state["history"])
        if self.best is not None and state["best"] is not None:
            self.best.restore(state["best"])

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Start the clock and the bar."""
        self._began = time.monotonic()
        self.progress.begin(epoch + 1, self.epochs, self.params.get("steps"))

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Move the bar."""
        self.progress.step(batch + 1, logs or {})

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
        line = f"epoch {number}  {shown(values)}  {seconds:.1f}s{kept}"
        facts = {"epoch": epoch + 1, "epochs": self.epochs, "kept": bool(kept)}
        more = {"seconds": row["seconds"], "logs": values}
        self.progress.tell(Event(EPOCH, line, {**facts, **more}))
