"""ReduceLROnPlateau together with a learning rate schedule.

A schedule computes the rate from the step number; nothing else can set it. As soon as
ReduceLROnPlateau tries to, Keras ends the training with a TypeError, which may be after many
epochs.

To fix it, keep one of the two: a number as `learning_rate`, or the schedule.

Fails:

    modelspec: 1
    model:
      sequential:
        input: {shape: [8]}
        layers: [{Dense: {units: 1}}]
    training:
      optimizer:
        Adam: {learning_rate: {CosineDecay: {initial_learning_rate: 1e-3, decay_steps: 1000}}}
      loss: mse
      epochs: 20
      callbacks: [{ReduceLROnPlateau: {patience: 3}}]

Passes:

    modelspec: 1
    model:
      sequential:
        input: {shape: [8]}
        layers: [{Dense: {units: 1}}]
    training:
      optimizer: {Adam: {learning_rate: 1e-3}}
      loss: mse
      epochs: 20
      callbacks: [{ReduceLROnPlateau: {patience: 3}}]
"""

from __future__ import annotations

from collections.abc import Iterator

from modelspec.analysis.arguments import keras_class
from modelspec.analysis.lints.context import Lint, LintContext
from modelspec.diagnostics import Related
from modelspec.spec import Spec
from modelspec.spec.model import KerasObject

CODE = "schedule-and-plateau"


def check(spec: Spec, context: LintContext) -> Iterator[Lint]:
    """A lint for each such callback."""
    if spec.training is None:
        return
    schedule = spec.training.optimizer.args.get("learning_rate")
    if not isinstance(schedule, KerasObject):
        return
    for callback in spec.training.callbacks:
        if keras_class(callback) == "ReduceLROnPlateau":
            message = f"ReduceLROnPlateau cannot set the rate that {schedule.class_name} computes"
            related = (Related(schedule.span, "the schedule"),)
            yield Lint(callback.span, message, "keep one of the two", related)
