"""Saving the models of the best epochs, by the metric that the spec monitors."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from modelspec.runs import RunFolder, epoch_model
from modelspec.spec.training import Checkpoint, large_is_good


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
