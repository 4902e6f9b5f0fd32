"""A sigmoid or a softmax right after a relu.

Sigmoid and softmax take values of both signs. After relu none is negative: the sigmoid gives at
least 0.5, so that "no" cannot be said, and the softmax can make no class unlikely. Where relu
gives 0 no gradient flows either.

To fix it, remove the relu: the layer that makes the logits needs no activation.

Fails:

    modelspec: 1
    model:
      sequential:
        input: {shape: [8]}
        layers:
          - Dense: {units: 3, activation: relu}
          - Softmax

Passes:

    modelspec: 1
    model:
      sequential:
        input: {shape: [8]}
        layers:
          - Dense: {units: 3}
          - Softmax
"""

from __future__ import annotations

from collections.abc import Iterator

from modelspec.analysis.lints.context import Lint, LintContext
from modelspec.analysis.losses import activation_of
from modelspec.diagnostics import Related
from modelspec.spec import Spec

CODE = "relu-before-probabilities"

LAYERS = ("Activation", "Softmax", "ops.sigmoid", "ops.softmax")


def check(spec: Spec, context: LintContext) -> Iterator[Lint]:
    """A lint for each such relu."""
    for model in context.models:
        for call in model.calls_of(*LAYERS):
            source = model.source(call)
            second = activation_of(model.layer(call).object)
            if source is None or second not in ("sigmoid", "softmax"):
                continue
            before = model.layer(source)
            if activation_of(before.object) in ("relu", "relu6"):
                span = before.object.arg_spans.get("activation", before.span)
                message = f'this relu leaves the {second} "{call.layer}" without negative values'
                related = (Related(model.layer(call).span, f"the {second}"),)
                yield Lint(span, message, "remove the relu", related)
