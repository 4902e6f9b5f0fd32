"""Models whose class is not Keras's: their steps make variables and logs that are not known before.

Imports TensorFlow: import this module only where TensorFlow is loaded already.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import tensorflow as tf

from modelspec.data.feed import Feed

LogSpecs = Mapping[str, Any]
"""What a step returns: name to `tf.TensorSpec`."""


class StepLogsError(Exception):
    """A step returns no values by name; the message says what."""


def has_own_steps(model: Any) -> bool:
    """Whether the class of a model is not one of Keras's, so that its steps may do anything."""
    return not type(model).__module__.startswith("keras.")


def trace_step(step: Callable[[Any], Any], feed: Feed) -> LogSpecs:
    """Trace a step without running it, which makes all variables that it makes in its first run.

    Args:
        step: `train_step` or `test_step` of a compiled model.
        feed: whose batches it takes.

    Raises:
        StepLogsError: it returns something else than values by name.
        Exception: what the step raises.
    """
    traced = tf.function(step, autograph=False)
    logs = traced.get_concrete_function(feed.in_order().element_spec).structured_outputs
    if not _has_names(logs):
        message = "what it returns is not logged by name"
        raise StepLogsError(f"{message}: return {{'loss': loss}}, not {_described(logs)}")
    return {name: tf.TensorSpec(value.shape, value.dtype) for name, value in logs.items()}


def _has_names(logs: Any) -> bool:
    return isinstance(logs, Mapping) and all(
        isinstance(name, str) and isinstance(value, tf.Tensor) for name, value in logs.items()
    )


def _described(logs: Any) -> str:
    if not isinstance(logs, Mapping):
        return "None" if logs is None else f"a {type(logs).__name__}"
    return f"{{{', '.join(f'{name!r}: {type(value).__name__}' for name, value in logs.items())}}}"
