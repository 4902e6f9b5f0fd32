"""A Flatten of what is flat already.

After a Dense on vectors, or after a global pooling, there is one axis beside the batch; Flatten
gives it back as it is. Whoever reads the model takes it for a map of features.

To fix it, remove the Flatten.

Fails:

    modelspec: 1
    model:
      sequential:
        input: {shape: [32, 32, 3]}
        layers:
          - Conv2D: {filters: 16, kernel_size: 3, activation: relu}
          - GlobalAveragePooling2D
          - Flatten
          - Dense: {units: 10, activation: softmax}

Passes:

    modelspec: 1
    model:
      sequential:
        input: {shape: [32, 32, 3]}
        layers:
          - Conv2D: {filters: 16, kernel_size: 3, activation: relu}
          - GlobalAveragePooling2D
          - Dense: {units: 10, activation: softmax}
"""

from __future__ import annotations

from collections.abc import Iterator

from modelspec.analysis.lints.context import Lint, LintContext
from modelspec.spec import Spec

CODE = "flatten-does-nothing"

FLAT = 2


def check(spec: Spec, context: LintContext) -> Iterator[Lint]:
    """A lint for each such Flatten."""
    for model in context.models:
        for call in model.calls_of("Flatten"):
            tensor = model.input(call)
            if tensor is not None and tensor.rank == FLAT and model.called_once(call):
                message = "this Flatten changes nothing: its input has one axis beside the batch"
                yield Lint(model.layer(call).span, message, "remove it")
