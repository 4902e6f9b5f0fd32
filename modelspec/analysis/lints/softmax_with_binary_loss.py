"""A loss that tells yes from no for each unit, after a softmax over all of them.

Softmax makes the units exclude each other; `binary_crossentropy` then judges each by itself, and
weighs the many that should be 0 as much as the one that should be 1. For classes that exclude
each other the categorical crossentropy is the likelihood; for those that do not, softmax is
wrong.

To fix it, write `categorical_crossentropy` (one target column for each class) or
`sparse_categorical_crossentropy` (one column of class numbers); or, where several classes may be
right at once, `activation: sigmoid`.

Fails:

    modelspec: 1
    model:
      sequential:
        input: {shape: [8]}
        layers: [{Dense: {units: 3, activation: softmax}}]
    training: {optimizer: adam, loss: binary_crossentropy}

Passes:

    modelspec: 1
    model:
      sequential:
        input: {shape: [8]}
        layers: [{Dense: {units: 3, activation: softmax}}]
    training: {optimizer: adam, loss: categorical_crossentropy}
"""

from __future__ import annotations

from collections.abc import Iterator

from modelspec.analysis.lints.context import Lint, LintContext
from modelspec.analysis.losses import BINARY_LOSSES
from modelspec.diagnostics import Related
from modelspec.spec import Spec

CODE = "softmax-with-binary-loss"


def check(spec: Spec, context: LintContext) -> Iterator[Lint]:
    """A lint for each such output, at its activation."""
    for output in context.outputs:
        if output.loss_class not in BINARY_LOSSES or output.from_logits or output.layer is None:
            continue
        if output.activation == "softmax" and output.units is not None and output.units > 1:
            message = (
                f"`{output.loss.class_name}` judges each unit by itself,"
                f" and the softmax of `{output.name}` makes them exclude each other"
            )
            sparse = "sparse_" if _has_class_numbers(spec, output.name) else ""
            hint = (
                f"write `loss: {sparse}categorical_crossentropy`, or here `activation: sigmoid` if"
                " several classes may be right"
            )
            related = (Related(output.loss.span, "the loss is here"),)
            yield Lint(output.layer.activation_span, message, hint, related)


def _has_class_numbers(spec: Spec, output: str) -> bool:
    """Whether the target of an output is known to be one number for each example."""
    targets = () if spec.data is None else spec.data.targets
    return any(
        target.name in (output, None)
        and target.labels is not None
        and not target.has_column_per_label
        for target in targets
    )
