"""BatchNormalization of single values, trained on batches of one example.

The mean of one value is the value itself: what BatchNormalization gives is `beta`, whatever comes
in, and nothing before it learns. (Feature maps have many positions to take the mean over; there
the lint is silent.)

To fix it, choose a larger `batch_size`, or write LayerNormalization.

Fails:

    modelspec: 1
    model:
      sequential:
        input: {shape: [8]}
        layers:
          - Dense: {units: 16, use_bias: false}
          - BatchNormalization
          - ReLU
          - Dense: {units: 1}
    data: {train: {csv: train.csv}, targets: y, batch_size: 1}
    training: {optimizer: adam, loss: mse}

Passes:

    modelspec: 1
    model:
      sequential:
        input: {shape: [8]}
        layers:
          - Dense: {units: 16, use_bias: false}
          - BatchNormalization
          - ReLU
          - Dense: {units: 1}
    data: {train: {csv: train.csv}, targets: y, batch_size: 32}
    training: {optimizer: adam, loss: mse}
"""

from __future__ import annotations

from collections.abc import Iterator

from modelspec.analysis.lints.context import Lint, LintContext
from modelspec.diagnostics import Related
from modelspec.spec import Spec

CODE = "batch-norm-batch-of-one"

FLAT = 2


def check(spec: Spec, context: LintContext) -> Iterator[Lint]:
    """A lint for each such BatchNormalization."""
    if spec.data is None or spec.training is None or spec.data.batch_size != 1:
        return
    for model in context.models:
        for call in model.calls_of("BatchNormalization"):
            tensor = model.input(call)
            norm = model.layer(call)
            if tensor is None or tensor.rank != FLAT or norm.object.args.get("trainable") is False:
                continue
            message = "over a batch of one example BatchNormalization gives the same for any input"
            related = (Related(spec.data.span, "`batch_size: 1` is here"),)
            yield Lint(norm.span, message, "choose a larger `batch_size`", related)
