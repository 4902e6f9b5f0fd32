"""Models whose class is not Keras's: their steps make variables and logs not known before."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from modelspec.data.feed import Feed

LogSpecs = Mapping[str, Any]
"""What a step returns: name to `tf.TensorSpec`."""


class StepLogsError(Exception):
    """A step returns no tensors by name; the message says what."""


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
    import tensorflow as tf

    traced = tf.function(step, autograph=False)
    logs = traced.get_concrete_function(feed.in_order().element_spec).structured_outputs
    if not _has_names(logs):
        raise StepLogsError(_described(logs))
    return {name: tf.TensorSpec(value.shape, value.dtype) for name, value in logs.items()}


def _has_names(logs: Any) -> bool:
    import tensorflow as tf

    return isinstance(logs, Mapping) and all(
        isinstance(name, str) and isinstance(value, tf.Tensor) for name, value in logs.items()
    )


def _described(logs: Any) -> str:
    import tensorflow as tf

    if not isinstance(logs, Mapping):
        return "nothing" if logs is None else f"a {type(logs).__name__}"
    others = [f"{n!r}: {v!r}" for n, v in logs.items() if not isinstance(v, tf.Tensor)]
    return f"{{{', '.join(others)}}}, which are no tensors"
