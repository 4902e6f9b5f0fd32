"""Steps of Keras, many in one call, and what a model reaches on a split.

Imports TensorFlow: import this module only where a model is there already.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import tensorflow as tf

from modelspec.data import Feed

from .pace import AUTO, Pace


class Steps:
    """A model's `train_step` or `test_step`, compiled into a loop of any length.

    The loop is one graph for all lengths, so that how steps are divided into calls does not
    change a single bit.
    """

    def __init__(self, model: Any, step: Callable[[Any], Any]) -> None:
        self.model = model
        one = tf.function(
            step, reduce_retracing=True, jit_compile=model.jit_compile, autograph=False
        )

        def run(iterator: Any, count: Any) -> Any:
            def body(done: Any) -> tuple[Any]:
                one(next(iterator))
                return (done + 1,)

            tf.while_loop(lambda done: done < count, body, (tf.constant(0, tf.int64),))
            return model.get_metrics_result()

        self._run = tf.function(run, reduce_retracing=True, autograph=False)

    def __call__(self, batches: Any, count: int) -> Mapping[str, Any]:
        """Take `count` steps on an iterator of `tf.data`; the metrics so far, as tensors."""
        logs: Mapping[str, Any] = self._run(batches, tf.constant(count, tf.int64))
        return logs

    def timed(self, batches: Any, count: int, pace: Pace) -> Mapping[str, Any]:
        """The same, and `pace` is told how long it took."""
        began = time.monotonic()
        logs = self(batches, count)
        for value in logs.values():  # a device may still be at work: reading waits for it
            tf.nest.map_structure(lambda tensor: tensor.numpy(), value)
            break
        pace.timed(count, time.monotonic() - began)
        return logs


class Evaluator:
    """Measures a compiled model on splits; compiled once for all of them."""

    def __init__(self, model: Any, pace: int | str = AUTO) -> None:
        self.model = model
        self.pace = Pace(pace)
        self._steps: Steps | None = None

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
        if self._steps is None:
            build(self.model, feed)
            self._steps = Steps(self.model, self.model.test_step)
        self.model.reset_metrics()
        if callbacks is not None:
            callbacks.on_test_begin()
        logs: Mapping[str, Any] = {}
        batches = iter(feed.in_order())
        for first, count in _portions(feed.steps, self.pace):
            if callbacks is not None:
                callbacks.on_test_batch_begin(first)
            logs = self._steps.timed(batches, count, self.pace)
            if callbacks is not None:
                callbacks.on_test_batch_end(first + count - 1, logs)
            if between is not None:
                between()
        found = plain(logs)
        if callbacks is not None:
            callbacks.on_test_end(found)
        return found


def build(model: Any, feed: Feed) -> None:
    """Make all variables of metrics, loss and optimizer, which Keras does in its first step."""
    model._symbolic_build(data_batch=next(iter(feed.in_order().take(1))))


def plain(logs: Mapping[str, Any]) -> dict[str, Any]:
    """Logged tensors as floats; arrays where a metric has several values."""
    found = {}
    for name, value in logs.items():
        array = value.numpy() if hasattr(value, "numpy") else value
        found[name] = float(array) if getattr(array, "ndim", 0) == 0 else array
    return found


def _portions(total: int, pace: Pace) -> Iterator[tuple[int, int]]:
    """(first step, how many) until all are taken."""
    done = 0
    while done < total:
        count = min(pace.next(), total - done)
        yield done, count
        done += count
