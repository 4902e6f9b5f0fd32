"""Loss and metrics of a compiled model on a split.

Imports TensorFlow: import this module only where TensorFlow is loaded already.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from modelspec.data.examples import Examples
from modelspec.data.feed import Feed, Structure
from modelspec.training.engine import present_engine, step_of
from modelspec.training.fitted import LogSpecs
from modelspec.training.logs import flatten_logs
from modelspec.training.prepare import sample_weights

from .steps import AUTO, Steps, StepsPerCall, make_variables, to_numpy, whole_logs


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

    def forget(self) -> None:
        """Compile steps anew: the model has been compiled for another phase."""
        self._steps, self._feed = None, None

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
