"""Training with all weights in float16.

`precision: float16` keeps the weights themselves in 16 bits, with 3 decimal digits and nothing
below 6e-8. Updates smaller than a thousandth of a weight are lost, squared gradients become 0 in
Adam, and sums overflow at 65,504: training stalls, or ends in NaN.

To fix it, write `mixed_float16`, which computes in float16 and keeps the weights in float32, or
`mixed_bfloat16`.

Fails:

    modelspec: 1
    model:
      sequential:
        input: {shape: [8]}
        layers: [{Dense: {units: 1}}]
    training: {optimizer: adam, loss: mse, precision: float16}

Passes:

    modelspec: 1
    model:
      sequential:
        input: {shape: [8]}
        layers: [{Dense: {units: 1, dtype: float32}}]
    training: {optimizer: adam, loss: mse, precision: mixed_float16}
"""

from __future__ import annotations

from collections.abc import Iterator

from modelspec.analysis.lints.context import Lint, LintContext
from modelspec.spec import Spec

CODE = "pure-float16"


def check(spec: Spec, context: LintContext) -> Iterator[Lint]:
    """At most one lint."""
    if spec.training is not None and spec.training.precision == "float16":
        message = "`precision: float16` keeps the weights in 16 bits: small updates are lost"
        yield Lint(spec.training.precision_span, message, "write `precision: mixed_float16`")
