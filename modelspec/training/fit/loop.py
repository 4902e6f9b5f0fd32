"""The fit loop: Keras's order of events, which can be entered and left after any step.

`Model.fit` begins at an epoch's start only, resets its callbacks, and runs as many steps in a
call as it was told when the model was compiled.

Imports TensorFlow: import this module only where TensorFlow is loaded already.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import keras

from modelspec.data.feed import Batches, Feed, Position
from modelspec.framework import overrides_hook, traces_batches
from modelspec.training.engine import (
    gather_numbers,
    present_engine,
    spread_variables,
    step_of,
)
from modelspec.training.fitted import (
    StateParts,
    changed_by_measuring,
    state_variables,
    values_of,
)

from .evaluator import Evaluator
from .scheduled_rate import ScheduledRate
from .steps import AUTO, Steps, StepsPerCall, make_variables, to_numpy, whole_logs


@dataclass(frozen=True, slots=True)
class FitPlan:
    """What a training goes through.

    Attributes:
        feed: the training split.
        seed: of its order.
        epochs: how many, with those before the phase that is trained.
        steps: of an epoch.
        validation: measured after each epoch, or None.
        steps_per_call: steps in a call, or "auto".
        rate: sets the learning rate of each step, or None.
        pause_after: leave before another epoch when so many are done; None goes to the end.
    """

    feed: Feed
    seed: int
    epochs: int
    steps: int
    validation: Feed | None
    steps_per_call: int | str
    rate: ScheduledRate | None = None
    pause_after: int | None = None

    def batches(self, start: Position) -> Batches:
        """The batches from a position on. An epoch may be shorter or longer than the split."""
        passes, step = divmod(self.batch_number(start), self.feed.steps)
        return self.feed.batches(self.seed, Position(passes, step), present_engine().share)

    def batch_number(self, position: Position) -> int:
        """How many batches are done, over all epochs."""
        return position.epoch * self.steps + position.step


class LoopEnd(NamedTuple):
    """Where a loop was left.

    Attributes:
        epochs: how many are done, with those before the phase.
        is_paused: whether more would have come, but for the plan's `pause_after`.
    """

    epochs: int
    is_paused: bool


class LoopObserver(Protocol):
    """Called at every position at which a training can be left."""

    def on_position(self, position: Position, held: StateParts | None = None) -> None:
        """Called when the training has come to a position; it may raise to end it there.

        Args:
            position: what is done.
            held: the parts of the state that have other values by now, as they were there.
        """

    def steps_until_save(self, position: Position) -> int:
        """How many steps may run before the next call of `on_position`."""


class Loop:
    """Fits a compiled model as `Model.fit` does.

    Args:
        model: compiled.
        plan: what the training goes through.
        evaluator: measures the validation split.
        callbacks: without Keras's history.
        observer: told of each position.
        last_logs: kept up to date with what the last step has logged; part of a training's state.
    """

    def __init__(
        self,
        model: Any,
        plan: FitPlan,
        evaluator: Evaluator,
        callbacks: Sequence[Any],
        observer: LoopObserver,
        last_logs: dict[str, Any] | None = None,
    ) -> None:
        self.model = model
        self.plan = plan
        self.evaluator = evaluator
        self.observer = observer
        self.last_logs = {} if last_logs is None else last_logs
        self.engine = present_engine()
        self._steps_per_call = StepsPerCall(_exact_steps(plan.steps_per_call, callbacks))
        self.callbacks = keras.callbacks.CallbackList(
            list(callbacks), add_history=True, model=model, epochs=plan.epochs, steps=plan.steps
        )

    def run(
        self, start: Position, on_begin: Callable[[], None], restore: Callable[[], None]
    ) -> LoopEnd:
        """Fit from a position on, to the end or the pause.

        A pause calls no `on_train_end`: it is no end for the callbacks.

        Args:
            start: what is done already.
            on_begin: called after the `on_train_begin` of all callbacks.
            restore: returns model and callbacks to the state that they had at `start`. It is
                called when everything has begun as in a new training.

        Raises:
            Exception: what Keras, TensorFlow, callbacks and the observer raise.
        """
        model, plan = self.model, self.plan
        returned = make_variables(model, model.train_step, plan.feed)
        if returned is not None and plan.validation is not None:
            self.evaluator.make_variables(plan.validation)
        before = None if plan.rate is None else plan.rate.set_for_step
        step = step_of(model, self.engine, trains=True)
        steps = Steps(model, step, plan.batches(start), before, returned)
        model.stop_training = False
        self.callbacks.on_train_begin()
        on_begin()
        if start.step:
            model.reset_metrics()
            self.callbacks.on_epoch_begin(start.epoch)
        restore()
        spread_variables(self.engine, state_variables(model))
        logs: dict[str, Any] | None = None
        done = start.epoch
        for epoch in range(start.epoch, plan.epochs):
            if model.stop_training:
                break
            if plan.pause_after is not None and epoch >= plan.pause_after:
                return LoopEnd(epoch, is_paused=True)
            first = start.step if epoch == start.epoch else 0
            logs = self._run_epoch(steps, Position(epoch, first))
            done = epoch + 1
        if plan.epochs > 0 and isinstance(model.optimizer, keras.optimizers.Optimizer):
            model.optimizer.finalize_variable_values(model.trainable_weights)
        self.callbacks.on_train_end(logs)
        return LoopEnd(done, is_paused=False)

    def _run_epoch(self, steps: Steps, position: Position) -> dict[str, Any]:
        """Run an epoch from a position on; its logs."""
        if self.plan.rate is not None:
            self.plan.rate.begin_epoch(*position)
        if position.step == 0:
            self.model.reset_metrics()
            self.callbacks.on_epoch_begin(position.epoch)
        end = self.plan.steps
        while position.step < end and not self.model.stop_training:
            count = min(
                self._steps_per_call.steps,
                end - position.step,
                self.observer.steps_until_save(position),
            )
            self.callbacks.on_train_batch_begin(position.step)
            logs = steps.run(self.plan.batch_number(position), count, self._steps_per_call)
            self.last_logs.update(logs)
            self.callbacks.on_train_batch_end(position.step + count - 1, logs)
            self._agree_on_end()
            position = Position(position.epoch, position.step + count)
            self.observer.on_position(position)
        values = to_numpy(whole_logs(self.model, self.last_logs))
        if self.plan.validation is not None:
            values |= self._validate(self.plan.validation, position)
        if self.plan.rate is not None:
            values["learning_rate"] = self.plan.rate.present
        # of one machine, so that the callbacks of all processes decide alike
        values = dict(self.engine.broadcast(values))
        self.callbacks.on_epoch_end(position.epoch, values)
        self._agree_on_end()
        self.observer.on_position(Position(position.epoch + 1, 0))
        return values

    def _agree_on_end(self) -> None:
        """Stop in every process if a callback of one of them has stopped the training."""
        if self.engine.processes > 1:
            stops = gather_numbers(self.engine, [self.model.stop_training])
            self.model.stop_training = any(stop for (stop,) in stops)

    def _validate(self, feed: Feed, position: Position) -> dict[str, Any]:
        # measuring overwrites variables; a checkpoint needs what they were in the training
        held = values_of(changed_by_measuring(self.model))
        values = self.evaluator.measure(
            feed, self.callbacks, lambda: self.observer.on_position(position, held)
        )
        return {f"val_{name}": value for name, value in values.items()}


def _exact_steps(steps: int | str, callbacks: Sequence[Any]) -> int | str:
    """One step a call if a callback needs to see each, unless the spec says how many."""
    if steps == AUTO and any(needs_every_step(callback) for callback in callbacks):
        return 1
    return steps


def needs_every_step(callback: Any) -> bool:
    """Whether a callback acts on single batches; modelspec's own say so themselves."""
    if not getattr(callback, "needs_every_step", True):
        return False
    rule = BATCH_RULES.get(type(callback).__name__)
    if rule is not None and type(callback).__module__.startswith("keras."):
        return rule(callback)
    hooks = ("on_batch_begin", "on_batch_end", "on_train_batch_begin", "on_train_batch_end")
    return any(overrides_hook(callback, hook) for hook in hooks)


BATCH_RULES: dict[str, Callable[[Any], bool]] = {
    "ModelCheckpoint": lambda callback: callback.save_freq != "epoch",
    "TensorBoard": lambda callback: callback.update_freq != "epoch" or traces_batches(callback),
}
"""Callbacks of Keras that have batch hooks, but do nothing in them unless they are told to."""
