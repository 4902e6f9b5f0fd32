"""The state of a training apart from its spec and its data: what a resumed one starts from.

Imports Keras: import this module only where Keras is loaded already. The keys of captured states
are in checkpoints on disk: they keep their names.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from modelspec.data.feed import Position
from modelspec.diagnostics import CannotRunError
from modelspec.framework import random_seed_variable
from modelspec.training.fit import RunCallback
from modelspec.training.fitted import StateParts, state_variables, values_of

from .resume import PhaseStart

SCALARS = (bool, int, float, str, type(None))
SET_BY_KERAS = ("model", "_model", "params", "validation_data")
"""Attributes that Keras sets on every callback: not part of its state."""


class CallbackStates:
    """The attributes of callbacks that have changed since the training began.

    What they were configured with does not count: a resumed training may configure it anew.
    """

    def __init__(self, callbacks: Sequence[Any]) -> None:
        self.callbacks = list(callbacks)
        self.initial: list[dict[str, Any]] = []

    def begin(self) -> None:
        """Copy the attributes that nothing has changed yet. Call it after `on_train_begin`."""
        self.initial = [_attributes(callback) for callback in self.callbacks]

    def capture(self) -> list[dict[str, Any]]:
        """For each callback its class and the attributes that changed."""
        states = []
        for callback, initial in zip(self.callbacks, self.initial, strict=True):
            changed = {
                key: value
                for key, value in _attributes(callback).items()
                if key not in initial or not _equal(value, initial[key])
            }
            states.append({"class": type(callback).__name__, "attributes": changed})
        return states

    def restore(self, states: Sequence[Mapping[str, Any]]) -> None:
        """Set the captured attributes: the n-th callback of a class takes the n-th state of it.

        Callbacks without a state begin anew.
        """
        left = list(states)
        for callback in self.callbacks:
            name = type(callback).__name__
            state = next((state for state in left if state["class"] == name), None)
            if state is None:
                continue
            left.remove(state)
            for key, value in state["attributes"].items():
                setattr(callback, key, value)


@dataclass(frozen=True, slots=True)
class TrainingState:
    """The parts of a training whose state is saved.

    Attributes:
        model: compiled, with all variables created.
        callbacks: those of the spec.
        run_callback: modelspec's own.
        phase: which phase of the training it is.
        last_logs: what the last step has logged, by name.
    """

    model: Any
    callbacks: CallbackStates
    run_callback: RunCallback
    phase: PhaseStart
    last_logs: dict[str, Any] = field(default_factory=dict)

    def capture(self, position: Position, held: StateParts | None) -> dict[str, Any]:
        """The state as plain data.

        Args:
            position: what is done of the training.
            held: the parts that have other values by now, as they were at the position.
        """
        parts = {**values_of(state_variables(self.model)), **(held or {})}
        return {
            "place": list(position),
            "phase": self.phase.to_dict(),
            "stopped": bool(self.model.stop_training),
            **parts,
            "callbacks": self.callbacks.capture(),
            "watch": self.run_callback.capture(),
            "random": _random_state(),
            "logs": {name: np.asarray(value) for name, value in self.last_logs.items()},
        }

    def restore(self, state: Mapping[str, Any], *, stopped: bool) -> None:
        """Return to a captured state.

        Args:
            state: what `capture` returned, in this process or another.
            stopped: whether the training counts as ended by a callback.

        Raises:
            CannotRunError: the state is that of another model.
        """
        for name, variables in state_variables(self.model).items():
            _assign(name, variables, state[name])
        self.last_logs.update(state.get("logs", {}))
        self.model.stop_training = stopped
        self.callbacks.restore(state["callbacks"])
        self.run_callback.restore(state["watch"])
        python, numpy, keras_seed = state["random"]
        random.setstate(python)
        np.random.set_state(numpy)
        random_seed_variable().assign(keras_seed)


def _assign(name: str, variables: Sequence[Any], values: Sequence[Any]) -> None:
    shapes = [tuple(variable.shape) for variable in variables]
    if shapes != [value.shape for value in values]:
        message = f"the checkpoint's {name} has other variables than that of the spec"
        raise CannotRunError(f"{message}; did the code of an extension change? Train anew")
    for variable, value in zip(variables, values, strict=True):
        variable.assign(value)


def _random_state() -> tuple[Any, Any, Any]:
    """The state of the generators of Python and numpy, which callbacks may use, and of Keras."""
    return random.getstate(), np.random.get_state(), random_seed_variable().numpy()


def _attributes(callback: Any) -> dict[str, Any]:
    return {
        key: _copy(value)
        for key, value in vars(callback).items()
        if key not in SET_BY_KERAS and _is_plain(value)
    }


def _is_plain(value: Any) -> bool:
    """Whether a value is made of numbers, text, arrays, lists, tuples and dicts with text keys."""
    if isinstance(value, (np.ndarray, np.generic)):
        return not value.dtype.hasobject
    if isinstance(value, SCALARS):
        return True
    if type(value) in (list, tuple):
        return all(_is_plain(item) for item in value)
    if type(value) is dict:
        return all(isinstance(key, str) and _is_plain(item) for key, item in value.items())
    return False


def _copy(value: Any) -> Any:
    """A deep copy of a plain value."""
    if isinstance(value, np.ndarray):
        return value.copy()
    if isinstance(value, (list, tuple)):
        return type(value)(_copy(item) for item in value)
    if isinstance(value, dict):
        return {key: _copy(item) for key, item in value.items()}
    return value


def _equal(one: Any, two: Any) -> bool:
    """Whether two plain values have the same types and values in all their parts."""
    if type(one) is not type(two):
        return False
    if isinstance(one, (np.ndarray, np.generic)):
        return one.dtype == two.dtype and bool(np.array_equal(one, two))
    if isinstance(one, (list, tuple)):
        return len(one) == len(two) and all(_equal(a, b) for a, b in zip(one, two, strict=True))
    if isinstance(one, dict):
        return one.keys() == two.keys() and all(_equal(v, two[key]) for key, v in one.items())
    return bool(one == two)
