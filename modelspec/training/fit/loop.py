"""The fit loop: Keras's order of events, which can be entered and left after any step.

`Model.fit` begins at an epoch's start only, resets its callbacks, and runs as many steps in a
call as it was told when the model was compiled.

Imports TensorFlow: import this module only where a model is there already.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import keras

from modelspec.data.feed import Batches, Feed, Position
from modelspec.framework import overrides_hook, traces_batches

from .steps import Evaluator, Steps, build, plain
from .steps_per_call import AUTO, StepsPerCall


@dataclass(frozen=True, slots=True)
class Course:
    """What a training goes through.

    Attributes:
        feed: the training split.
        seed: of its order.
        epochs: how many.
        steps: of an epoch.
        validation: measured after each epoch, or None.
        pace: steps in a call, or "auto".
    """

    feed: Feed
    seed: int
    epochs: int
    steps: int
    validation: Feed | None
    pace: int | str

    def batches(self, start: Position) -> Batches:
        """The batches from there on. An epoch may be shorter or longer than the split."""
        passes, step = divmod(self.number(start), self.feed.steps)
        return self.feed.batches(self.seed, Position(passes, step))

    def number(self, place: Position) -> int:
        """How many batches are done, over all epochs."""
        return place.epoch * self.steps + place.step


class Keeper(Protocol):
    """Told of every place at which a training can be left."""

    def reached(self, place: Position, metrics: Sequence[Any] | None = None) -> None:
        """So far has the training come; it may raise in order to end it there.

        Args:
            place: what is done.
            metrics: the values of the metrics' variables there, where they have others by now.
        """

    def room(self, place: Position) -> int:
        """How many steps may pass before the next call of `reached`."""


class Loop:
    """Fits a compiled model as `Model.fit` does."""

    def __init__(
        self,
        model: Any,
        course: Course,
        evaluator: Evaluator,
        callbacks: Sequence[Any],
        keeper: Keeper,
    ) -> None:
        self.model = model
        self.course = course
        self.evaluator = evaluator
        self.keeper = keeper
        self.pace = StepsPerCall(_exact_pace(course.pace, callbacks))
        self.callbacks = keras.callbacks.CallbackList(
            list(callbacks), add_history=True, model=model, epochs=course.epochs, steps=course.steps
        )

    def run(self, start: Position, begun: Callable[[], None], restore: Callable[[], None]) -> None:
        """Fit from `start` on.

        Args:
            start: what is done already.
            begun: called when all callbacks know that the training begins.
            restore: puts model and callbacks into the state that they had at `start`. It is
                called when everything has begun as in a new training.

        Raises:
            Exception: what Keras, TensorFlow and callbacks raise, and what `keeper` raises.
        """
        model, course = self.model, self.course
        build(model, course.feed)
        steps = Steps(model, model.train_step, course.batches(start))
        model.stop_training = False
        self.callbacks.on_train_begin()
        begun()
        if start.step:
            model.reset_metrics()
            self.callbacks.on_epoch_begin(start.epoch)
        restore()
        logs: dict[str, Any] | None = None
        for epoch in range(start.epoch, course.epochs):
            if model.stop_training:
                break
            first = start.step if epoch == start.epoch else 0
            logs = self._epoch(steps, Position(epoch, first))
        if course.epochs > 0:
            model.optimizer.finalize_variable_values(model.trainable_weights)
        self.callbacks.on_train_end(logs)

    def _epoch(self, steps: Steps, place: Position) -> dict[str, Any]:
        if place.step == 0:
            self.model.reset_metrics()
            self.callbacks.on_epoch_begin(place.epoch)
        end = self.course.steps
        while place.step < end and not self.model.stop_training:
            count = min(self.pace.next(), end - place.step, self.keeper.room(place))
            self.callbacks.on_train_batch_begin(place.step)
            logs = steps.take(self.course.number(place), count, self.pace)
            self.callbacks.on_train_batch_end(place.step + count - 1, logs)
            place = Position(place.epoch, place.step + count)
            self.keeper.reached(place)
        found = plain(self.model.get_metrics_result())
        if self.course.validation is not None:
            found |= self._validate(self.course.validation, place)
        self.callbacks.on_epoch_end(place.epoch, found)
        self.keeper.reached(Position(place.epoch + 1, 0))
        return found

    def _validate(self, feed: Feed, place: Position) -> dict[str, Any]:
        trained = [variable.numpy() for variable in self.model.metrics_variables]
        found = self.evaluator.measure(
            feed, self.callbacks, lambda: self.keeper.reached(place, trained)
        )
        return {f"val_{name}": value for name, value in found.items()}


def _exact_pace(pace: int | str, callbacks: Sequence[Any]) -> int | str:
    """One step a call where a callback wants to see each, unless the spec says how many."""
    if pace == AUTO and any(_sees_batches(callback) for callback in callbacks):
        return 1
    return pace


def _sees_batches(callback: Any) -> bool:
    """Whether a callback acts on single batches; modelspec's own says `any_pace`."""
    if getattr(callback, "any_pace", False):
        return False
    rule = BATCH_WATCHERS.get(type(callback).__name__)
    if rule is not None and type(callback).__module__.startswith("keras."):
        return rule(callback)
    hooks = ("on_batch_begin", "on_batch_end", "on_train_batch_begin", "on_train_batch_end")
    return any(overrides_hook(callback, hook) for hook in hooks)


BATCH_WATCHERS: dict[str, Callable[[Any], bool]] = {
    "ModelCheckpoint": lambda callback: callback.save_freq != "epoch",
    "TensorBoard": lambda callback: callback.update_freq != "epoch" or traces_batches(callback),
}
"""Callbacks of Keras that have batch hooks but do nothing in them unless they are told to."""
