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
from modelspec.training.engine import DividedStep, Engine, gather_numbers, present_engine
from modelspec.training.fitted import LogSpecs, has_own_steps, trace_step

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
    change a single bit.

    Args:
        model: compiled, with all variables created.
        step: the step.
        batches: what it takes.
        before: called in the graph with the number of each step.
        logs: what the step returns, where the model has its own steps: then that of the last one
            is logged, and otherwise the results of the model's metrics.
    """

    def __init__(
        self,
        model: Any,
        step: Callable[[Any], Any] | DividedStep,
        batches: Batches,
        before: Callable[[Any], None] | None = None,
        logs: LogSpecs | None = None,
    ) -> None:
        self._source = batches.source
        self._engine = present_engine()
        single_step = _step_on_batches(model, step, batches)
        # replicas meet in each step: none may begin the next one while others are in this one
        iterations = 1 if isinstance(step, DividedStep) else 10

        def run(source: Any, first: Any, end: Any) -> Any:
            def body(number: Any, *_: Any) -> tuple[Any, ...]:
                if before is not None:
                    before(number)
                returned = single_step(source, number)
                return (number + 1,) if logs is None else (number + 1, dict(returned))

            def goes_on(number: Any, *_: Any) -> Any:
                return number < end

            if logs is not None:
                return _last_logs(goes_on, body, first, logs)
            tf.while_loop(goes_on, body, (first,), parallel_iterations=iterations)
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
        steps_per_call.record(count, _seconds_of_chief(self._engine, time.monotonic() - start))
        return logs


def _step_on_batches(
    model: Any, step: Callable[[Any], Any] | DividedStep, batches: Batches
) -> Callable[[Any, Any], Any]:
    """From a source and the number of a batch to what the step on this batch returns."""
    if isinstance(step, DividedStep):
        # not compiled by XLA: replicas exchange tensors within it
        divided = tf.function(step, reduce_retracing=True, autograph=False)

        def run(source: Any, number: Any) -> Any:
            batch, rows = batches.take(source, number), batches.rows(number)
            return divided(batch, rows, batches.most_rows)

        return run
    single = tf.function(
        step, reduce_retracing=True, jit_compile=model.jit_compile, autograph=False
    )
    return lambda source, number: single(batches.take(source, number))


def _seconds_of_chief(engine: Engine, seconds: float) -> float:
    """How long a call took there, so that every process takes as many steps in the next one."""
    return gather_numbers(engine, [seconds])[0][0] if engine.processes > 1 else seconds


def _last_logs(
    goes_on: Callable[..., Any], body: Callable[..., Any], first: Any, logs: LogSpecs
) -> Any:
    """Run a loop over numbers, and what its last step returned."""
    nothing = {
        name: tf.zeros([size or 0 for size in spec.shape], spec.dtype)
        for name, spec in logs.items()
    }
    shapes = {name: spec.shape for name, spec in logs.items()}
    _, last = tf.while_loop(goes_on, body, (first, nothing), (first.shape, shapes))
    return last


def make_variables(model: Any, step: Callable[[Any], Any], feed: Feed) -> LogSpecs | None:
    """Create all variables of metrics, loss and optimizer, which Keras does in its first step.

    Returns:
        What the step returns, for a model with its own steps; else None.
    """
    if has_own_steps(model):
        return trace_step(step, feed)
    make_training_variables(model, next(iter(feed.in_order().take(1))))
    return None


def whole_logs(model: Any, logs: Mapping[str, Any]) -> Mapping[str, Any]:
    """What Keras logs at the end of an epoch: the metrics' results, and what the last step returned
    where a model with its own steps returns other values."""
    results: Mapping[str, Any] = model.get_metrics_result()
    return logs if has_own_steps(model) and set(logs) != set(results) else results


def to_numpy(logs: Mapping[str, Any]) -> dict[str, Any]:
    """Logged tensors as floats; arrays where a metric has several values."""
    values = {}
    for name, value in logs.items():
        array = value.numpy() if hasattr(value, "numpy") else value
        values[name] = float(array) if getattr(array, "ndim", 0) == 0 else array
    return values
