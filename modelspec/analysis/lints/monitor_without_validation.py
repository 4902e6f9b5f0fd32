"""A callback, or the `checkpoint`, that watches the validation split, and no validation split.

`val_loss` and all that begins with `val_` is measured on the validation split. Without one it is
never logged: EarlyStopping never stops, ReduceLROnPlateau never acts. `val_loss` is the default of
these callbacks. `modelspec train` refuses it. `checkpoint: {use: best}` without a monitor goes by
the loss of the training split then, which falls while the model gets worse on other data.

To fix it, add `validation: 0.15` to `data`, or watch a value of the training split,
`monitor: loss`.

Fails:

    modelspec: 1
    model:
      sequential:
        input: {shape: [8]}
        layers: [{Dense: {units: 1}}]
    data: {train: {csv: train.csv}, targets: y}
    training:
      optimizer: adam
      loss: mse
      epochs: 20
      callbacks: [{EarlyStopping: {patience: 3}}]

Passes:

    modelspec: 1
    model:
      sequential:
        input: {shape: [8]}
        layers: [{Dense: {units: 1}}]
    data: {train: {csv: train.csv}, validation: 0.15, targets: y}
    training:
      optimizer: adam
      loss: mse
      epochs: 20
      callbacks: [{EarlyStopping: {patience: 3}}]
"""

from __future__ import annotations

from collections.abc import Iterator

from modelspec.analysis.lints.context import Lint, LintContext
from modelspec.analysis.losses import VALIDATION_PREFIX, monitors_in
from modelspec.diagnostics import Related
from modelspec.spec import Spec

CODE = "monitor-without-validation"


def check(spec: Spec, context: LintContext) -> Iterator[Lint]:
    """A lint for each such monitor."""
    if spec.training is None or spec.data is None or spec.data.validation is not None:
        return
    related = (Related(spec.data.span, "`data` has no `validation`"),)
    checkpoint = spec.training.checkpoint
    if checkpoint is not None and checkpoint.use_best and checkpoint.monitor is None:
        message = "`use: best` goes by the training loss, as there is no validation split"
        hint = "add `validation: 0.15` to `data`, or write `monitor: loss` if that is meant"
        yield Lint(checkpoint.use_span, message, hint, related)
    for monitor in monitors_in(spec.training):
        if monitor.needs_value and monitor.value.startswith(VALIDATION_PREFIX):
            message = f"{monitor.name} watches `{monitor.value}`, and there is no validation split"
            plain = monitor.value.removeprefix(VALIDATION_PREFIX)
            hint = f"add `validation: 0.15` to `data`, or write `monitor: {plain}`"
            yield Lint(monitor.span, message, hint, related)
