"""Steps of Keras, many in one call, and what a model reaches on a split.

Imports TensorFlow: import this module only where a model is there already.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import tensorflow as tf

from modelspec.data.feed import Batches, Feed
from modelspec.framework import make_training_variables

from .steps_per_call import AUTO, StepsPerCall


class Steps:
    """A model's `train_step` or `test_step`, compiled into a loop of any length.

    The loop is one graph for all lengths, so that how steps are divided into calls does not
    change a single bit.
    """

    def __init__(self, model: Any, step: Callable[[Any], Any], batches: Batches) -> None:
        self.model = model
        self._source = batches.source
        one = tf.function(
            step, reduce_retracing=True, jit_compile=model.jit_compile, autograph=False
        )

        def run(source: Any, first: Any, end: Any) -> Any:
            def body(number: Any) -> tuple[Any]:
                one(batches.take(source, number))
                return (number + 1,)

            tf.while_loop(lambda number: number < end, body, (first,))
            return model.get_metrics_result()

        self._run = tf.function(run, reduce_retracing=True, autograph=False)

    def use(self, source: Any) -> None:
        """Go on with another source of the same kind."""
        self._source = source

    def take(self, first: int, count: int, pace: StepsPerCall) -> Mapping[str, Any]:
        """Take steps, and tell `pace` how long that took; the metrics so far, as tensors.

        Args:
            first: the number of the first batch, counted over epochs.
            count: how many.
            pace: is told.
        """
        began = time.monotonic()
        bounds = tf.constant([first, first + count], tf.int64)
        logs: Mapping[str, Any] = self._run(self._source, bounds[0], bounds[1])
        for tensor in tf.nest.flatten(logs)[:1]:  # reading waits for a device that is at work
            tensor.numpy()
        pace.timed(count, time.monotonic() - began)
        return logs


class Evaluator:
    """Measures a compiled model on splits; compiled once for all of them."""

    def __init__(self, model: Any, pace: int | str = AUTO) -> None:
        self.model = model
        self.pace = StepsPerCall(pace)
        self._steps: Steps | None = None
        self._feed: Feed | None = None

    def measure(
        self, feed: Feed, callbacks: Any = None, between: Callable[[], None] | None = None
    ) -> dict[str, Any]:
        """Loss and metrics over a split in its order, as `model.evaluate` names them.

        Args:
            feed: the split.
            callbacks: a `keras.callbacks.CallbackList` whose test hooks are called.
            between: called after each call into TensorFlow.

        Raises:
            Exception: what Keras and TensorFlow raise.
        """
        steps = self._steps_on(feed)
        self.model.reset_metrics()
        if callbacks is not None:
            callbacks.on_test_begin()
        logs: Mapping[str, Any] = {}
        for first, count in _portions(feed.steps, self.pace):
            if callbacks is not None:
                callbacks.on_test_batch_begin(first)
            logs = steps.take(first, count, self.pace)
            if callbacks is not None:
                callbacks.on_test_batch_end(first + count - 1, logs)
            if between is not None:
                between()
        found = plain(logs)
        if callbacks is not None:
            callbacks.on_test_end(found)
        return found

    def _steps_on(self, feed: Feed) -> Steps:
        """Compiled steps at the start of a split; those of the last split are used again."""
        batches = feed.batches(None)
        if self._steps is None or self._feed is not feed:
            build(self.model, feed)
            self._steps, self._feed = Steps(self.model, self.model.test_step, batches), feed
        else:
            self._steps.use(batches.source)
        return self._steps


def build(model: Any, feed: Feed) -> None:
    """Make all variables of metrics, loss and optimizer, which Keras does in its first step."""
    make_training_variables(model, next(iter(feed.in_order().take(1))))


def plain(logs: Mapping[str, Any]) -> dict[str, Any]:
    """Logged tensors as floats; arrays where a metric has several values."""
    found = {}
    for name, value in logs.items():
        array = value.numpy() if hasattr(value, "numpy") else value
        found[name] = float(array) if getattr(array, "ndim", 0) == 0 else array
    return found


def _portions(total: int, pace: StepsPerCall) -> Iterator[tuple[int, int]]:
    """(first step, how many) until all are taken."""
    done = 0
    while done < total:
        count = min(pace.next(), total - done)
        yield done, count
        done += count
