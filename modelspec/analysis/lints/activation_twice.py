"""An activation on what has just come out of one.

The same function twice in a row is a slip: `relu` of `relu` changes nothing, and `sigmoid` of
`sigmoid` presses all values into the range from 0.5 to 0.73. The same holds for sigmoid and
softmax on what is a probability already.

To fix it, remove the layer, or the `activation` of the layer before it.

Fails:

    modelspec: 1
    model:
      sequential:
        input: {shape: [8]}
        layers:
          - Dense: {units: 16, activation: relu}
          - ReLU
          - Dense: {units: 1}

Passes:

    modelspec: 1
    model:
      sequential:
        input: {shape: [8]}
        layers:
          - Dense: {units: 16}
          - ReLU
          - Dense: {units: 1}
"""

from __future__ import annotations

from collections.abc import Iterator

from modelspec.analysis.arguments import complete
from modelspec.analysis.lints.context import Lint, LintContext, ModelView
from modelspec.analysis.losses import PROBABILITIES, activation_of
from modelspec.diagnostics import Related
from modelspec.graph import Call
from modelspec.layers import classes_with, ops_with
from modelspec.spec import Spec

CODE = "activation-twice"

LAYERS = classes_with("activation") | ops_with("activation") | {"Activation"}


def check(spec: Spec, context: LintContext) -> Iterator[Lint]:
    """A lint for each second activation."""
    for model in context.models:
        for call in model.calls_of(*LAYERS):
            source = model.source(call)
            if source is None or model.layer(source).object.model is not None:
                continue
            first, second = (_function(model, item) for item in (source, call))
            again = first == second or (first in PROBABILITIES and second in PROBABILITIES)
            if first in (None, "linear", "prelu") or not again:
                continue
            before = model.layer(source)
            message = f'this {second} takes what comes out of the {first} of "{before.name}"'
            related = (Related(before.span, "the first activation"),)
            yield Lint(model.layer(call).span, message, "remove one of the two", related)


def _function(model: ModelView, call: Call) -> str | None:
    """The activation that a call ends in; None for a softmax over another axis than the last."""
    item = model.layer(call).object
    if complete(item).get("axis", -1) != -1:
        return None
    return activation_of(item)
