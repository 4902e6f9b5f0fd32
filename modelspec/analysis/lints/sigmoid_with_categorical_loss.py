"""A loss for classes of which one is right, after a sigmoid for each.

Categorical crossentropies take the probabilities of classes that exclude each other, which
together are 1: what softmax gives. Sigmoids stand each for itself; Keras divides them by their
sum, and the predictions that come out are no probabilities.

To fix it, write `activation: softmax`; or, where several classes may be right at once,
`binary_crossentropy` with one target column for each class.

Fails:

    modelspec: 1
    model:
      sequential:
        input: {shape: [8]}
        layers: [{Dense: {units: 3, activation: sigmoid}}]
    training: {optimizer: adam, loss: sparse_categorical_crossentropy}

Passes:

    modelspec: 1
    model:
      sequential:
        input: {shape: [8]}
        layers: [{Dense: {units: 3, activation: softmax}}]
    training: {optimizer: adam, loss: sparse_categorical_crossentropy}
"""

from __future__ import annotations

from collections.abc import Iterator

from modelspec.analysis.lints.context import Lint, LintContext
from modelspec.analysis.losses import EXCLUSIVE_LOSSES
from modelspec.diagnostics import Related
from modelspec.spec import Spec

CODE = "sigmoid-with-categorical-loss"


def check(spec: Spec, context: LintContext) -> Iterator[Lint]:
    """A lint for each such output, at its activation."""
    for output in context.outputs:
        if output.loss_class not in EXCLUSIVE_LOSSES or output.from_logits:
            continue
        several = output.units is not None and output.units > 1
        if output.layer is None or output.activation not in ("hard_sigmoid", "sigmoid"):
            continue
        if several:
            message = (
                f"`{output.loss.class_name}` takes classes that exclude each other,"
                f" and `{output.name}` has a {output.activation} for each"
            )
            hint = "write `activation: softmax`, or binary_crossentropy if several may be right"
            related = (Related(output.loss.span, "the loss is here"),)
            yield Lint(output.layer.activation_span, message, hint, related)
