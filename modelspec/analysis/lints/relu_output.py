"""A loss that takes logits, and an output whose activation cuts off what is negative.

Logits are below zero for what is unlikely. After relu (or softplus, or exponential) none is:
sigmoid of such an output is at least 0.5, and where relu gives 0 there is no gradient either.

To fix it, leave the output's layer without an activation.

Fails:

    modelspec: 1
    model:
      sequential:
        input: {shape: [8]}
        layers: [{Dense: {units: 1, activation: relu}}]
    training:
      optimizer: adam
      loss: {BinaryCrossentropy: {from_logits: true}}

Passes:

    modelspec: 1
    model:
      sequential:
        input: {shape: [8]}
        layers:
          - Dense: {units: 16, activation: relu}
          - Dense: {units: 1}
    training:
      optimizer: adam
      loss: {BinaryCrossentropy: {from_logits: true}}
"""

from __future__ import annotations

from collections.abc import Iterator

from modelspec.analysis.lints.context import Lint, LintContext
from modelspec.diagnostics import Related
from modelspec.spec import Spec

CODE = "relu-output"

NEVER_NEGATIVE = frozenset(("exponential", "relu", "relu6", "softplus", "squareplus"))


def check(spec: Spec, context: LintContext) -> Iterator[Lint]:
    """A lint for each such output, at its activation."""
    for output in context.outputs:
        if output.layer is None or output.activation not in NEVER_NEGATIVE:
            continue
        if output.from_logits or output.loss_class == "CTC":
            message = (
                f"`{output.loss.class_name}` takes logits of both signs,"
                f" and {output.activation} makes none of `{output.name}` negative"
            )
            hint = "leave the last layer without an activation"
            related = (Related(output.loss.span, "the loss is here"),)
            yield Lint(output.layer.activation_span, message, hint, related)
