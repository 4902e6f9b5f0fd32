"""Loss and metrics of a compiled model on a split.

Imports TensorFlow: import this module only where TensorFlow is loaded already.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy.typing as npt
import tensorflow as tf

from modelspec.data.examples import Examples
from modelspec.data.feed import Batches, Feed, Structure
from modelspec.framework import all_metrics, make_training_variables
from modelspec.training.engine import present_engine, step_of
from modelspec.training.fitted import LogSpecs, has_own_steps
from modelspec.training.logs import flatten_logs
from modelspec.training.prepare import sample_weights

from .steps import AUTO, Steps, StepsPerCall, make_variables, to_numpy, whole_logs

Array = npt.NDArray[Any]


class Evaluator:
    """Measures a compiled model on splits; compiled once for all of them.

    Args:
        model: compiled.
        structure: how the model takes its inputs and returns its outputs.
        log_names: the names that it logs, in order.
        batch_size: of the splits.
        steps_per_call: steps in a call, or "auto".
    """

    def __init__(
        self,
        model: Any,
        structure: Structure,
        log_names: Sequence[str],
        batch_size: int,
        steps_per_call: int | str = AUTO,
    ) -> None:
        self.model = model
        self.structure = structure
        self.log_names = log_names
        self.batch_size = batch_size
        self._steps_per_call = StepsPerCall(steps_per_call)
        self._steps: Steps | None = None
        self._feed: Feed | None = None
        self._one_step: Steps | None = None

    def forget(self) -> None:
        """Compile steps anew: the model has been compiled for another phase."""
        self._steps, self._feed, self._one_step = None, None, None

    def feed(self, examples: Examples) -> Feed:
        """A split in its order, with its own weights, but as in Keras without class weights.

        The split that was measured last keeps its feed, and so what was compiled for it.
        """
        if self._feed is not None and self._feed.examples is examples:
            return self._feed
        weights = None
        if examples.weights is not None or examples.step_weights:
            found = sample_weights(examples, self.structure.output_names)
            weights = self.structure.targets(found)
        return Feed(examples, self.structure, self.batch_size, weights)

    def measure_split(self, examples: Examples, prefix: str) -> dict[str, float]:
        """Loss and metrics over a split, by name with a prefix."""
        logs = flatten_logs(self.measure(self.feed(examples)), self.log_names)
        return {f"{prefix}{name}": value for name, value in logs.items()}

    def measure(
        self, feed: Feed, callbacks: Any = None, after_call: Callable[[], None] | None = None
    ) -> dict[str, Any]:
        """Loss and metrics over a split in its order, as `model.evaluate` names them.

        Args:
            feed: the split.
            callbacks: a `keras.callbacks.CallbackList` whose test hooks are called.
            after_call: called after each call into TensorFlow.

        Raises:
            Exception: what Keras and TensorFlow raise.
        """
        steps = self._steps_on(feed)
        self.model.reset_metrics()
        if callbacks is not None:
            callbacks.on_test_begin()
        logs: Mapping[str, Any] = {}
        for first, count in self._calls(feed.steps):
            if callbacks is not None:
                callbacks.on_test_batch_begin(first)
            logs = steps.run(first, count, self._steps_per_call)
            if callbacks is not None:
                callbacks.on_test_batch_end(first + count - 1, logs)
            if after_call is not None:
                after_call()
        values = to_numpy(whole_logs(self.model, logs))
        if callbacks is not None:
            callbacks.on_test_end(values)
        return values

    def adds_up(self, feed: Feed) -> bool:
        """Whether the state of the metrics over a split is the sum of those over its batches: that
        is so of Keras's metrics, and not known of others and of models with their own steps."""
        if has_own_steps(self.model):
            return False
        self.make_variables(feed)
        metrics = all_metrics(self.model)
        return all(type(metric).__module__.startswith("keras.") for metric in metrics)

    def added_by(self, batch: Any) -> list[Array]:
        """What a batch adds to the state of the metrics, where it `adds_up`.

        Args:
            batch: an element of a feed, in numpy arrays.

        Raises:
            Exception: what Keras and TensorFlow raise.
        """
        with tf.device("CPU"):  # as batches come from a pipeline
            tensors = tf.nest.map_structure(tf.convert_to_tensor, batch)
        if self._one_step is None:
            make_training_variables(self.model, tensors)
            whole = len(tf.nest.flatten(batch)[0])
            batches = Batches(tensors, _as_given, lambda _: tf.constant(whole, tf.int64), whole)
            self._one_step = Steps(self.model, self.model.test_step, batches)
        self._one_step.set_source(tensors)
        self.model.reset_metrics()
        self._one_step.run(0, 1, StepsPerCall(1))
        return [variable.numpy() for variable in self.model.metrics_variables]

    def measured(self, added: Sequence[Sequence[Array]], prefix: str) -> dict[str, float]:
        """Loss and metrics over the batches that added something, as `measure_split` gives them.

        Args:
            added: for each batch in order what `added_by` gives.
            prefix: of the names.
        """
        total = added[0]
        for arrays in added[1:]:  # in the dtype of the metrics, as Keras does: to the last bit
            total = [whole + array for whole, array in zip(total, arrays, strict=True)]
        for variable, whole in zip(self.model.metrics_variables, total, strict=True):
            variable.assign(whole)
        logs = flatten_logs(to_numpy(self.model.get_metrics_result()), self.log_names)
        return {f"{prefix}{name}": value for name, value in logs.items()}

    def make_variables(self, feed: Feed) -> LogSpecs | None:
        """Create all variables that a step on a split needs; what the step returns, for a model
        with its own steps."""
        return make_variables(self.model, self.model.test_step, feed)

    def _steps_on(self, feed: Feed) -> Steps:
        """Compiled steps at the start of a split; those of the last split are used again."""
        engine = present_engine()
        batches = feed.batches(None, share=engine.share)
        if self._steps is None or self._feed is not feed:
            logs = self.make_variables(feed)
            step = step_of(self.model, engine, trains=False)
            self._steps = Steps(self.model, step, batches, logs=logs)
            self._feed = feed
        else:
            self._steps.set_source(batches.source)
        return self._steps

    def _calls(self, total: int) -> Iterator[tuple[int, int]]:
        """(first step, how many) until all are taken."""
        done = 0
        while done < total:
            count = min(self._steps_per_call.steps, total - done)
            yield done, count
            done += count


def _as_given(batch: Any, _: Any) -> Any:
    """A batch for a graph that knows no number of examples, as with those that a feed gives: Keras
    weighs the losses of several outputs by that number where it is known."""
    return tf.nest.map_structure(
        lambda tensor: tf.compat.v1.placeholder_with_default(tensor, (None, *tensor.shape[1:])),
        batch,
    )
