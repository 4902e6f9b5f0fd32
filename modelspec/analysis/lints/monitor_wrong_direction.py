"""A callback, or the `checkpoint`, that takes the worst value for the best.

`mode: max` with a loss or an error keeps, or waits for, the largest one; `mode: min` with an
accuracy the smallest. EarlyStopping then stops a training that goes well, and the checkpoint that
is kept is the worst.

To mend it, remove `mode` (Keras knows the direction of its own metrics), or write the other one.

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

from modelspec.analysis.lints.subject import Lint, LintContext
from modelspec.analysis.losses import VAL, logged, watchers
from modelspec.spec import Spec

CODE = "monitor-wrong-direction"


def check(spec: Spec, subject: LintContext) -> Iterator[Lint]:
    """A lint for each such mode."""
    if spec.training is None or not subject.trains_all_outputs:
        return
    known = logged(subject.outputs)
    for watcher in watchers(spec.training):
        value = known.get(watcher.monitor.removeprefix(VAL))
        if not watcher.acts or watcher.mode == "auto" or value is None:
            continue
        if value.large_is_good is not None and value.large_is_good != (watcher.mode == "max"):
            size, best = ("small", "min") if watcher.mode == "max" else ("large", "max")
            message = f"a {size} `{watcher.monitor}` is good, and `mode: {watcher.mode}` says not"
            yield Lint(watcher.mode_span, message, f"write `mode: {best}`")
