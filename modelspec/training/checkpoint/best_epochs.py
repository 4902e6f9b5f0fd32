"""Which epochs are worth keeping, by what the spec monitors."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from modelspec.runs import RunFolder
from modelspec.spec.training import Checkpoint, large_is_good


class BestEpochs:
    """The best epochs so far; at most `keep` of them stay on the disk."""

    def __init__(self, monitor: str, mode: str, keep: int) -> None:
        self.monitor = monitor
        self.sign = -1.0 if mode == "max" else 1.0
        self.most = keep
        self.kept: list[tuple[float, int]] = []

    def capture(self) -> dict[str, Any]:
        """What is kept, as plain data."""
        return {"monitor": self.monitor, "sign": self.sign, "kept": list(self.kept)}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Know what an earlier part of the training kept, where it went by the same value."""
        if (self.monitor, self.sign) == (state["monitor"], state["sign"]):
            self.kept = [(value, epoch) for value, epoch in state["kept"]]

    def wants(self, epoch: int, row: Mapping[str, float]) -> bool:
        """Whether an epoch is better than the worst one kept."""
        value = self.sign * row.get(self.monitor, math.nan)
        if math.isnan(value):
            return False
        return len(self.kept) < self.most or value < max(self.kept)[0]

    def keep(self, model: Any, epoch: int, row: Mapping[str, float], folder: RunFolder) -> None:
        """Save the epoch's model, then remove the worst one if there are too many."""
        folder.write(f"checkpoints/{name_of(epoch)}", model.save)
        self.kept.append((self.sign * row[self.monitor], epoch))
        if len(self.kept) > self.most:
            worst = max(self.kept)
            self.kept.remove(worst)
            (folder.checkpoints / name_of(worst[1])).unlink(missing_ok=True)


def name_of(epoch: int) -> str:
    """The file of an epoch's checkpoint."""
    return f"epoch-{epoch:04d}.keras"


def monitor_of(checkpoint: Checkpoint, *, validates: bool) -> str:
    """What decides: as written, else the loss of validation where there is one."""
    return checkpoint.monitor or ("val_loss" if validates else "loss")


def mode_of(checkpoint: Checkpoint, monitor: str) -> str:
    """`min` or `max`: as written, else told by the monitor's name."""
    if checkpoint.mode is not None:
        return checkpoint.mode
    return "max" if large_is_good(monitor) else "min"
