"""A callback, or the `checkpoint`, that watches a value which nothing logs.

Keras logs `loss`, each metric by its name, and the same with `val_` in front for the validation
split; with several outputs each name has the output's in front, `species_accuracy`. A callback
that finds no such value warns at each epoch and never acts: EarlyStopping never stops.
`modelspec train` refuses it.

To fix it, write a name that is logged, or add the metric.

Fails:

    modelspec: 1
    model:
      sequential:
        input: {shape: [8]}
        layers: [{Dense: {units: 1, activation: sigmoid}}]
    training:
      optimizer: adam
      loss: binary_crossentropy
      metrics: [accuracy]
      epochs: 20
      callbacks: [{EarlyStopping: {monitor: val_auc, mode: max, patience: 3}}]

Passes:

    modelspec: 1
    model:
      sequential:
        input: {shape: [8]}
        layers: [{Dense: {units: 1, activation: sigmoid}}]
    training:
      optimizer: adam
      loss: binary_crossentropy
      metrics: [accuracy, AUC]
      epochs: 20
      callbacks: [{EarlyStopping: {monitor: val_AUC, mode: max, patience: 3}}]
"""

from __future__ import annotations

from collections.abc import Iterator

from modelspec.analysis.lints.context import Lint, LintContext
from modelspec.analysis.losses import (
    VALIDATION_PREFIX,
    describe_unlogged,
    logged_values,
    monitors_in,
)
from modelspec.spec import Spec

CODE = "monitor-not-logged"

BY_CALLBACKS = "learning_rate"
"""What Keras logs beside losses and metrics."""


def check(spec: Spec, context: LintContext) -> Iterator[Lint]:
    """A lint for each such monitor."""
    if spec.training is None or not context.knows_all_losses:
        return
    known = logged_values(context.outputs, spec.training.losses)
    if any(value.metric == "" for value in known.values()):
        return  # an extension's metric may have any name
    names = [*known, *(VALIDATION_PREFIX + name for name in known)]
    for monitor in monitors_in(spec.training):
        if monitor.needs_value and monitor.value not in (*names, BY_CALLBACKS):
            yield Lint(monitor.span, *describe_unlogged(monitor.value, names))
