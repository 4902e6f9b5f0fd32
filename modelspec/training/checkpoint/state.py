"""All that a training stands at, apart from its spec and its data: what a resumed one begins with.

Imports Keras: import this module only where a model is there already.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from modelspec.data.feed import Position
from modelspec.diagnostics import CannotRunError
from modelspec.framework import random_seed_variable
from modelspec.training.fit import RunCallback

from .callback_state import CallbackStates
from .state_file import DamagedStateError, read_state

LAST, BEFORE = "last.npz", "before-last.npz"


@dataclass(frozen=True, slots=True)
class TrainingState:
    """The parts of a training whose state is kept.

    Attributes:
        model: compiled, with all variables made.
        callbacks: those of the spec.
        watch: modelspec's own.
    """

    model: Any
    callbacks: CallbackStates
    watch: RunCallback

    def capture(self, place: Position, metrics: Sequence[Any] | None) -> dict[str, Any]:
        """The state as plain data.

        Args:
            place: what is done of the training.
            metrics: values of the metrics' variables, where those they have now are not meant.
        """
        parts = {name: _values(variables) for name, variables in self._variables().items()}
        if metrics is not None:
            parts["metrics"] = list(metrics)
        return {
            "place": list(place),
            "stopped": bool(self.model.stop_training),
            **parts,
            "callbacks": self.callbacks.capture(),
            "watch": self.watch.capture(),
            "random": _random_state(),
        }

    def restore(self, state: Mapping[str, Any], *, stopped: bool) -> None:
        """Bring everything back to a state that was captured.

        Args:
            state: what `capture` gave, in this process or another.
            stopped: whether the training counts as ended by a callback.

        Raises:
            CannotRunError: the state is that of another model.
        """
        for name, variables in self._variables().items():
            _assign(name, variables, state[name])
        self.model.stop_training = stopped
        self.callbacks.restore(state["callbacks"])
        self.watch.restore(state["watch"])
        python, numpy, keras_seed = state["random"]
        random.setstate(python)
        np.random.set_state(numpy)
        random_seed_variable().assign(keras_seed)

    def _variables(self) -> dict[str, list[Any]]:
        model = self.model
        return {
            "model": list(model.variables),
            "optimizer": list(model.optimizer.variables),
            "metrics": list(model.metrics_variables),
        }


def _values(variables: Sequence[Any]) -> list[Any]:
    return [variable.numpy() for variable in variables]


def _assign(name: str, variables: Sequence[Any], values: Sequence[Any]) -> None:
    shapes = [tuple(variable.shape) for variable in variables]
    if shapes != [value.shape for value in values]:
        message = f"the checkpoint's {name} has other variables than that of the spec"
        raise CannotRunError(f"{message}; did the code of an extension change? Train anew")
    for variable, value in zip(variables, values, strict=True):
        variable.assign(value)


def _random_state() -> tuple[Any, Any, Any]:
    """Of Python and numpy, which callbacks may draw from, and of Keras."""
    return random.getstate(), np.random.get_state(), random_seed_variable().numpy()


def newest_state(folder: Path) -> tuple[dict[str, Any] | None, list[str]]:
    """The last state of a run that can be read, and a sentence for each that cannot.

    Args:
        folder: the run's `checkpoints`.
    """
    damaged: list[str] = []
    for name in (LAST, BEFORE):
        try:
            return read_state(folder / name), damaged
        except FileNotFoundError:
            continue
        except DamagedStateError as error:
            damaged.append(f"{folder / name} is damaged ({error}); the one before it is taken")
    return None, damaged
