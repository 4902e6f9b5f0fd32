"""Many steps of Keras in one call into TensorFlow, and how many.

Imports TensorFlow: import this module only where TensorFlow is loaded already.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

import tensorflow as tf

from modelspec.data.feed import Batches, Feed
from modelspec.framework import make_training_variables

AUTO = "auto"

MAX_SECONDS = 0.25
"""How long a call may take: after a signal nobody should have to wait longer."""

MAX_STEPS = 1 << 20
"""Steps in a call at most, whatever the clock says."""


class StepsPerCall:
    """How many steps run in the next call: as the spec says, or by the time that steps take.

    A call costs as much as a step of a small model, so several steps share one. Between calls
    Python can act: draw progress, handle a signal, save. The number never changes what is computed.
    """

    def __init__(self, steps: int | str = AUTO) -> None:
        self.is_auto = steps == AUTO
        self.steps = 1 if isinstance(steps, str) else steps
        """Of the next call, at least 1."""
        self._calls = 0

    def record(self, steps: int, seconds: float) -> None:
        """Record that a call of `steps` steps took `seconds`.

        The first call does not count: it compiles.
        """
        self._calls += 1
        if self.is_auto and self._calls > 1:
            fitting = int(MAX_SECONDS * steps / max(seconds, 1e-9))
            # a step that is slow once (another process had the core) halves the number, no more
            self.steps = min(max(fitting, self.steps // 2, 1), MAX_STEPS)


class Steps:
    """A model's `train_step` or `test_step`, compiled into a loop of any length.

    The loop is one graph for all lengths, so that the division of steps into calls does not
    change a single bit. `before` is called in the graph with the number of each step.
    """

    def __init__(
        self,
        model: Any,
        step: Callable[[Any], Any],
        batches: Batches,
        before: Callable[[Any], None] | None = None,
    ) -> None:
        self._source = batches.source
        single_step = tf.function(
            step, reduce_retracing=True, jit_compile=model.jit_compile, autograph=False
        )

        def run(source: Any, first: Any, end: Any) -> Any:
            def body(number: Any) -> tuple[Any]:
                if before is not None:
                    before(number)
                single_step(batches.take(source, number))
                return (number + 1,)

            tf.while_loop(lambda number: number < end, body, (first,))
            return model.get_metrics_result()

        self._run = tf.function(run, reduce_retracing=True, autograph=False)

    def set_source(self, source: Any) -> None:
        """Continue with another source of the same kind."""
        self._source = source

    def run(self, first: int, count: int, steps_per_call: StepsPerCall) -> Mapping[str, Any]:
        """Take steps in one call; the metrics so far, as tensors.

        Args:
            first: the number of the first batch, counted over epochs.
            count: how many.
            steps_per_call: records how long the call took.
        """
        start = time.monotonic()
        bounds = tf.constant([first, first + count], tf.int64)
        logs: Mapping[str, Any] = self._run(self._source, bounds[0], bounds[1])
        for tensor in tf.nest.flatten(logs)[:1]:  # reading waits until the device has finished
            tensor.numpy()
        steps_per_call.record(count, time.monotonic() - start)
        return logs


def make_variables(model: Any, feed: Feed) -> None:
    """Create all variables of metrics, loss and optimizer, which Keras does in its first step."""
    make_training_variables(model, next(iter(feed.in_order().take(1))))


def to_numpy(logs: Mapping[str, Any]) -> dict[str, Any]:
    """Logged tensors as floats; arrays where a metric has several values."""
    values = {}
    for name, value in logs.items():
        array = value.numpy() if hasattr(value, "numpy") else value
        values[name] = float(array) if getattr(array, "ndim", 0) == 0 else array
    return values
