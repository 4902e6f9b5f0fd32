"""Attributes of callbacks as plain data: what changes while they are at work, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

SCALARS = (bool, int, float, str, type(None))
NOT_STATE = ("model", "_model", "params", "validation_data")
"""Attributes that Keras sets on every callback."""


class CallbackStates:
    """What callbacks have come to since they were told that the training begins.

    What they were configured with does not count: a resumed training may give it anew.
    """

    def __init__(self, callbacks: Sequence[Any]) -> None:
        self.callbacks = list(callbacks)
        self.begun: list[dict[str, Any]] = []

    def begin(self) -> None:
        """Take note of how they stand. Call it after `on_train_begin`."""
        self.begun = [_attributes(callback) for callback in self.callbacks]

    def capture(self) -> list[dict[str, Any]]:
        """For each callback its class and the attributes that changed."""
        found = []
        for callback, begun in zip(self.callbacks, self.begun, strict=True):
            now = _attributes(callback)
            changed = {k: v for k, v in now.items() if k not in begun or not same(v, begun[k])}
            found.append({"class": type(callback).__name__, "attributes": changed})
        return found

    def restore(self, states: Sequence[Mapping[str, Any]]) -> None:
        """Give each callback the attributes that the one of its class had, the first the first's.

        Callbacks that were not there before begin anew.
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


def _attributes(callback: Any) -> dict[str, Any]:
    return {
        key: copied(value)
        for key, value in vars(callback).items()
        if key not in NOT_STATE and is_plain(value)
    }


def is_plain(value: Any) -> bool:
    """Whether a value is made of numbers, text, arrays, lists, tuples and mappings by text."""
    if isinstance(value, (np.ndarray, np.generic)):
        return not value.dtype.hasobject
    if isinstance(value, SCALARS):
        return True
    if type(value) in (list, tuple):
        return all(is_plain(item) for item in value)
    if type(value) is dict:
        return all(isinstance(key, str) and is_plain(item) for key, item in value.items())
    return False


def copied(value: Any) -> Any:
    """The value, apart from the one that goes on changing."""
    if isinstance(value, np.ndarray):
        return value.copy()
    if isinstance(value, (list, tuple)):
        return type(value)(copied(item) for item in value)
    if isinstance(value, dict):
        return {key: copied(item) for key, item in value.items()}
    return value


def same(one: Any, two: Any) -> bool:
    """Whether two plain values are equal in all their parts, and of one type."""
    if type(one) is not type(two):
        return False
    if isinstance(one, (np.ndarray, np.generic)):
        return one.dtype == two.dtype and bool(np.array_equal(one, two))
    if isinstance(one, (list, tuple)):
        return len(one) == len(two) and all(same(a, b) for a, b in zip(one, two, strict=True))
    if isinstance(one, dict):
        return one.keys() == two.keys() and all(same(value, two[key]) for key, value in one.items())
    return bool(one == two)
