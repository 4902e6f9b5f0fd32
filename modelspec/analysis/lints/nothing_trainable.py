"""A spec with `training` whose model has nothing that training changes.

Every layer is `trainable: false`, or none of them has weights. Keras runs all epochs all the same,
and the loss stays where it was. (Where `freeze` is the reason, that is the error
`nothing-to-train`.)

To fix it, unfreeze the layers that should learn (most often the last ones), or add one.

Fails:

    modelspec: 1
    model:
      sequential:
        input: {shape: [8]}
        layers: [{Dense: {units: 1, trainable: false}}]
    training: {optimizer: adam, loss: mse}

Passes:

    modelspec: 1
    model:
      sequential:
        input: {shape: [8]}
        layers:
          - Dense: {units: 16, activation: relu, trainable: false}
          - Dense: {units: 1}
    training: {optimizer: adam, loss: mse}
"""

from __future__ import annotations

from collections.abc import Iterator

from modelspec.analysis.gradients import learning_layers
from modelspec.analysis.lints.context import Lint, LintContext
from modelspec.spec import Spec
from modelspec.spec.phases import FreezePatterns

CODE = "nothing-trainable"


def check(spec: Spec, context: LintContext) -> Iterator[Lint]:
    """At most one lint, at the model."""
    if spec.training is None or context.analysis.weights is None:
        return
    if any(learning_layers(context.analysis, FreezePatterns())):
        return
    if context.analysis.weights:
        message = "every layer with weights is frozen: training changes nothing"
        hint = "remove `trainable: false` from the layers that should learn"
        yield Lint(context.analysis.graph.span, message, hint)
    else:
        message = "no layer has weights: training changes nothing"
        yield Lint(context.analysis.graph.span, message, "add a layer that learns, such as Dense")
