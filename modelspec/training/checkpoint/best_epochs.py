"""Saving the models of the best epochs, by the metric that the spec monitors."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from modelspec.diagnostics import CannotRunError, first_line
from modelspec.runs import RunFolder, epoch_model, trainer_weights
from modelspec.spec.training import Checkpoint, large_is_good
from modelspec.weights import save_model

if TYPE_CHECKING:
    from .own_weights import OwnWeights


class BestEpochs:
    """The best epochs so far, of which at most `count` stay on the disk."""

    def __init__(
        self, monitor: str, mode: str, count: int, own_weights: OwnWeights | None = None
    ) -> None:
        self.monitor = monitor
        self.sign = -1.0 if mode == "max" else 1.0
        self.count = count
        self.own_weights = own_weights
        """Saved beside each model: those that a trainer has beside the model's."""
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
        if not math.isfinite(value):
            return False
        return len(self.saved) < self.count or value < max(self.saved)[0]

    def save(self, model: Any, epoch: int, row: Mapping[str, float], folder: RunFolder) -> None:
        """Save the model of an epoch, then delete the worst one if there are too many."""
        folder.write(epoch_model(epoch), partial(save_model, model))
        if self.own_weights is not None:
            folder.write(trainer_weights(epoch_model(epoch)), self.own_weights.save)
        self.saved.append((self.sign * row[self.monitor], epoch))
        if len(self.saved) > self.count:
            worst = max(self.saved)
            self.saved.remove(worst)
            file = epoch_model(worst[1])
            folder.delete(file)
            folder.delete(trainer_weights(file))

    @property
    def best(self) -> int | None:
        """The best epoch, of equal ones the first; None while no epoch had a number to compare."""
        return min(self.saved)[1] if self.saved else None

    def return_to_best(self, model: Any, folder: RunFolder) -> Path:
        """Give a model the weights of the best epoch; the file that they are from.

        Raises:
            CannotRunError: the file is missing or damaged.
        """
        assert self.best is not None
        path = folder.path / epoch_model(self.best)
        # the optimizer of the file may be that of another phase, with other variables
        optimizer = getattr(model, "optimizer", None)
        if optimizer is not None:  # it has none where another model around its layers is fitted
            model.optimizer = None
        try:
            model.load_weights(path)
        except Exception as error:  # Keras, h5py and zipfile raise all kinds
            missing = not path.is_file()
            reason = "it does not exist" if missing else f"it cannot be read: {first_line(error)}"
            message = f"the best epoch is {self.best}, and {path} is needed for it: {reason}"
            raise CannotRunError(message) from error
        finally:
            if optimizer is not None:
                model.optimizer = optimizer
        if self.own_weights is not None:
            self.own_weights.load(folder.path / trainer_weights(epoch_model(self.best)))
        return path


def monitor_of(checkpoint: Checkpoint, *, validates: bool) -> str:
    """The monitored metric: as written, by default the loss, of validation if there is one."""
    return checkpoint.monitor or ("val_loss" if validates else "loss")


def mode_of(checkpoint: Checkpoint, monitor: str, losses: Iterable[str] = ()) -> str:
    """`min` or `max`: as written, by default decided by the name of the metric; `min` of a loss of
    the graph, whatever its name is."""
    if checkpoint.mode is not None:
        return checkpoint.mode
    if monitor.removeprefix("val_") in losses:
        return "min"
    return "max" if large_is_good(monitor) else "min"
