"""The variables of a fitted model, in the parts in which a checkpoint has them.

Imports TensorFlow: import this module only where TensorFlow is loaded already. The names of the
parts are in checkpoints on disk: they keep their names.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import keras
import tensorflow as tf

from modelspec.framework import functional_of

from .own_steps import has_own_steps

StateParts = Mapping[str, Sequence[Any]]
"""The name of a part to the values of its variables."""

HOLDERS = (keras.optimizers.Optimizer, keras.Metric, keras.Layer)
"""Kinds of attributes that have variables."""

STATE_OF_TRAINING = (keras.optimizers.Optimizer, keras.Metric)
"""Those whose variables no measuring needs."""


def state_variables(model: Any) -> dict[str, list[Any]]:
    """All variables of a fitted model by part: a model with its own steps may have some `beside`
    its layers, its optimizer and its metrics.

    Args:
        model: compiled, with all variables made.
    """
    found = {
        "model": list(model.variables),
        "optimizer": [] if model.optimizer is None else list(model.optimizer.variables),
        "metrics": list(model.metrics_variables),
    }
    if has_own_steps(model):
        found["beside"] = _beside(model, found)
    return found


def changed_by_measuring(model: Any) -> dict[str, list[Any]]:
    """Those that a `test_step` may change: its own may change any, Keras's only metrics."""
    found = state_variables(model) if has_own_steps(model) else {}
    return found or {"metrics": list(model.metrics_variables)}


def values_of(variables: Mapping[str, Sequence[Any]]) -> StateParts:
    """The present values, as arrays."""
    return {name: [one.numpy() for one in part] for name, part in variables.items()}


def own_variables(model: Any, saved: Any) -> dict[str, Any]:
    """The variables of layers, seeds and plain ones that are attributes of a model with its own
    steps and that the saved model lacks, by attribute and number: `project.0`.

    Args:
        model: the fitted model.
        saved: the model that is saved.
    """
    known = {id(variable) for variable in saved.variables}
    found = {}
    for name, value in vars(model).items():
        if name in vars(functional_of(saved)):  # what Keras itself keeps there
            continue
        kept = _variables_in(value, set(), STATE_OF_TRAINING)
        for number, variable in enumerate(kept):
            if id(variable) not in known:
                known.add(id(variable))
                found[f"{name}.{number}"] = variable
    return found


def _beside(model: Any, parts: Mapping[str, Sequence[Any]]) -> list[Any]:
    """The variables of further optimizers, of metrics that `metrics` leaves out, and such as are
    attributes of a model, in lists, tuples and dicts too; in the order of the attributes."""
    seen = {id(variable) for part in parts.values() for variable in part}
    found = []
    for variable in _variables_in(list(vars(model).values()), set()):
        if id(variable) not in seen:
            seen.add(id(variable))
            found.append(variable)
    return found


def _variables_in(value: Any, inside: set[int], without: tuple[type, ...] = ()) -> Iterator[Any]:
    if isinstance(value, without):
        return
    if isinstance(value, (keras.Variable, tf.Variable)):
        yield value
    elif isinstance(value, HOLDERS):
        yield from value.variables
    elif isinstance(value, keras.random.SeedGenerator):
        yield value.state
    elif isinstance(value, (Mapping, Sequence, set)) and not isinstance(value, (str, bytes)):
        if id(value) in inside:
            return
        inside.add(id(value))
        for item in value.values() if isinstance(value, Mapping) else value:
            yield from _variables_in(item, inside, without)
