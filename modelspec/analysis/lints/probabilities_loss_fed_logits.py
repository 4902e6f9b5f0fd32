"""A loss that takes probabilities, and an output that does not give any.

Crossentropies take probabilities from 0 to 1 unless they are told `from_logits: true`. Keras cuts
everything else off at 0 and 1, where the gradient is zero: training runs, and learns little or
nothing. Dice, Tversky and KLDivergence take probabilities as well.

To fix it, give the output's layer `activation: sigmoid` (yes or no) or `softmax` (one of several
classes), or give the crossentropy `from_logits: true`.

Fails:

    modelspec: 1
    model:
      sequential:
        input: {shape: [8]}
        layers: [{Dense: {units: 3}}]
    training: {optimizer: adam, loss: sparse_categorical_crossentropy}

Passes:

    modelspec: 1
    model:
      sequential:
        input: {shape: [8]}
        layers: [{Dense: {units: 3}}]
    training:
      optimizer: adam
      loss: {SparseCategoricalCrossentropy: {from_logits: true}}
"""

from __future__ import annotations

from collections.abc import Iterator

from modelspec.analysis.lints.context import Lint, LintContext
from modelspec.analysis.losses import EXCLUSIVE_LOSSES, NOT_PROBABILITIES, PROBABILITY_LOSSES
from modelspec.diagnostics import Related
from modelspec.schema import class_schema
from modelspec.spec import Spec

CODE = "probabilities-loss-fed-logits"


def check(spec: Spec, context: LintContext) -> Iterator[Lint]:
    """A lint for each such output, at its activation."""
    for output in context.outputs:
        if output.loss_class not in PROBABILITY_LOSSES or output.from_logits:
            continue
        if output.layer is None or output.activation not in NOT_PROBABILITIES:
            continue
        name, loss = output.name, output.loss.class_name
        end = "no activation" if output.activation == "linear" else output.activation
        message = f"`{loss}` takes probabilities, and the output `{name}` ends in {end}"
        wanted = "softmax" if output.loss_class in EXCLUSIVE_LOSSES else "sigmoid"
        hint = f"write `activation: {wanted}`"
        known = class_schema("loss", output.loss_class)
        if output.activation == "linear" and known and "from_logits" in known.properties:
            hint += f", or the loss {{{output.loss_class}: {{from_logits: true}}}}"
        related = (Related(output.loss.span, "the loss is here"),)
        yield Lint(output.layer.activation_span, message, hint, related)
