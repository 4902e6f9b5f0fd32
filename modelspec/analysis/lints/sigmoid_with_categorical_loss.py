"""A loss for mutually exclusive classes, after a sigmoid for each class.

Categorical crossentropies take the probabilities of mutually exclusive classes, which sum to 1, as
softmax returns them. Sigmoids are independent of each other; the loss divides them by their sum,
but the predictions of the model are not probabilities that sum to 1.

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
                f"`{output.loss.class_name}` takes mutually exclusive classes,"
                f" and `{output.name}` has a {output.activation} for each class"
            )
            hint = (
                "write `activation: softmax`,"
                " or binary_crossentropy if several classes may be right"
            )
            related = (Related(output.loss.span, "the loss is here"),)
            yield Lint(output.layer.activation_span, message, hint, related)
