"""A callback, or the `checkpoint`, that takes the worst value for the best.

`mode: max` with a loss or an error keeps, or waits for, the largest one; `mode: min` with an
accuracy the smallest. EarlyStopping then stops a training that goes well, and the checkpoint that
is kept is the worst.

To fix it, remove `mode` (Keras knows the direction of its own metrics), or write the other one.

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
      checkpoint: {monitor: val_accuracy, mode: min}

Passes:

    modelspec: 1
    model:
      sequential:
        input: {shape: [8]}
        layers: [{Dense: {units: 1, activation: sigmoid}}]
    training:
      optimizer: adam
      loss: binary_crossentropy
      metrics: [accuracy]
      checkpoint: {monitor: val_accuracy, mode: max}
"""

from __future__ import annotations

from collections.abc import Iterator

from modelspec.analysis.lints.context import Lint, LintContext
from modelspec.analysis.losses import VALIDATION_PREFIX, logged_values, monitors_in
from modelspec.spec import Spec

CODE = "monitor-wrong-direction"


def check(spec: Spec, context: LintContext) -> Iterator[Lint]:
    """A lint for each such mode."""
    if spec.training is None or not context.knows_all_losses:
        return
    known = logged_values(context.outputs, spec.training.losses)
    for monitor in monitors_in(spec.training):
        value = known.get(monitor.value.removeprefix(VALIDATION_PREFIX))
        if not monitor.needs_value or monitor.mode == "auto" or value is None:
            continue
        if value.larger_is_better is not None and value.larger_is_better != (monitor.mode == "max"):
            size, best = ("small", "min") if monitor.mode == "max" else ("large", "max")
            message = f"a {size} `{monitor.value}` is good, and `mode: {monitor.mode}` says not"
            yield Lint(monitor.mode_span, message, f"write `mode: {best}`")
