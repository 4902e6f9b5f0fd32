"""A spec with `training` whose model has nothing that training changes.

All layers are frozen, or none of them has weights. Keras runs all epochs all the same, and the
loss stays where it was.

To fix it, unfreeze the layers that should learn (most often the last ones), or add one.

Fails:

    modelspec: 1
    model:
      sequential:
        input: {shape: [8]}
        layers: [{Dense: {units: 1, name: score}}]
    training: {optimizer: adam, loss: mse, freeze: ["*"]}

Passes:

    modelspec: 1
    model:
      sequential:
        input: {shape: [8]}
        layers:
          - Dense: {units: 16, activation: relu, name: stem}
          - Dense: {units: 1}
    training: {optimizer: adam, loss: mse, freeze: [stem]}
"""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase

from modelspec.analysis.facts import Analysis
from modelspec.analysis.lints.context import Lint, LintContext
from modelspec.spec import Spec

CODE = "nothing-trainable"


def check(spec: Spec, context: LintContext) -> Iterator[Lint]:
    """At most one lint: at `freeze`, or at the model where that is not to blame."""
    if spec.training is None or context.analysis.weights is None:
        return
    patterns = spec.training.freeze
    if _learns(context.analysis, patterns):
        return
    if _learns(context.analysis, ()):
        message = "`freeze` matches every layer that has weights: training changes nothing"
        yield Lint(spec.training.freeze_spans[0], message, "leave out the layers that should learn")
    elif context.analysis.weights:
        message = "every layer with weights is frozen: training changes nothing"
        hint = "remove `trainable: false` from the layers that should learn"
        yield Lint(context.analysis.graph.span, message, hint)
    else:
        message = "no layer has weights: training changes nothing"
        yield Lint(context.analysis.graph.span, message, "add a layer that learns, such as Dense")


def _learns(analysis: Analysis, patterns: tuple[str, ...]) -> bool:
    for name, facts in analysis.layers.items():
        frozen = any(fnmatchcase(name, pattern) for pattern in patterns)
        if frozen or not any(weight.trainable for weight in facts.weights or ()):
            continue
        inner = facts.calls[0].nested
        if inner is None or _learns(inner, patterns):
            return True
    return False
