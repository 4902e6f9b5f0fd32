"""A model that computes in 16 bits up to its last layer.

Mixed precision saves time and memory in the layers that compute much. The last one computes
little, and its values go into the loss: a softmax or an error in 16 bits has two or three digits,
and in float16 overflows at 65,504. Keras's guide to mixed precision says to end in float32.

To fix it, give the output's last layer `dtype: float32`.

Fails:

    modelspec: 1
    model:
      sequential:
        input: {shape: [8]}
        layers:
          - Dense: {units: 16, activation: relu}
          - Dense: {units: 3, activation: softmax}
    training:
      optimizer: adam
      loss: sparse_categorical_crossentropy
      precision: mixed_float16

Passes:

    modelspec: 1
    model:
      sequential:
        input: {shape: [8]}
        layers:
          - Dense: {units: 16, activation: relu}
          - Dense: {units: 3, activation: softmax, dtype: float32}
    training:
      optimizer: adam
      loss: sparse_categorical_crossentropy
      precision: mixed_float16
"""

from __future__ import annotations

from collections.abc import Iterator

from modelspec.analysis.lints.context import Lint, LintContext
from modelspec.diagnostics import Related
from modelspec.spec import Spec

CODE = "half-precision-output"


def check(spec: Spec, context: LintContext) -> Iterator[Lint]:
    """A lint for each such output."""
    training = spec.training
    if training is None or not (training.precision or "").startswith("mixed_"):
        return
    for output in context.outputs:
        if output.tensor is not None and output.tensor.dtype in ("bfloat16", "float16"):
            span = output.span if output.layer is None else output.layer.layer.span
            message = f"the output `{output.name}` is {output.tensor.dtype}"
            related = (Related(training.precision_span, "the precision of the model"),)
            yield Lint(span, message, "give its last layer `dtype: float32`", related)
