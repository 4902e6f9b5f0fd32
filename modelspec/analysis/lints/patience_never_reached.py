"""A callback whose patience is longer than the training.

EarlyStopping stops after `patience` epochs without a better value, and ReduceLROnPlateau then
lowers the learning rate. With no more epochs than that, neither ever acts.

To fix it, raise `epochs` (with EarlyStopping it is only an upper bound), or lower `patience`. An
EarlyStopping with `restore_best_weights: true`, which goes back to the best epoch at the end in
any case, is left alone.

Fails:

    modelspec: 1
    model:
      sequential:
        input: {shape: [8]}
        layers: [{Dense: {units: 1}}]
    training:
      optimizer: adam
      loss: mse
      epochs: 5
      callbacks: [{EarlyStopping: {patience: 10}}]

Passes:

    modelspec: 1
    model:
      sequential:
        input: {shape: [8]}
        layers: [{Dense: {units: 1}}]
    training:
      optimizer: adam
      loss: mse
      epochs: 100
      callbacks: [{EarlyStopping: {patience: 10}}]
"""

from __future__ import annotations

from collections.abc import Iterator

from modelspec.analysis.arguments import complete, keras_class
from modelspec.analysis.lints.context import Lint, LintContext
from modelspec.spec import Spec

CODE = "patience-never-reached"


def check(spec: Spec, context: LintContext) -> Iterator[Lint]:
    """A lint for each such callback."""
    if spec.training is None:
        return
    epochs = spec.training.epochs
    for callback in spec.training.callbacks:
        args = complete(callback)
        if keras_class(callback) not in ("EarlyStopping", "ReduceLROnPlateau"):
            continue
        patience = args["patience"]
        if not isinstance(patience, int):  # an expression of the job's sizes
            continue
        if patience >= epochs and not args.get("restore_best_weights"):
            times = "1 epoch" if epochs == 1 else f"{epochs} epochs"
            message = (
                f"{callback.class_name} waits for {args['patience']} epochs,"
                f" and the training has {times}"
            )
            span = callback.arg_spans.get("patience", callback.span)
            yield Lint(span, message, "raise `epochs`, or lower `patience`")
