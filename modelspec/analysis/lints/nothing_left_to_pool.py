"""A pooling layer over a map of a single position.

The largest of one value, or the mean of one, is the value. A map of size 1 most often means that
more was pooled or strided away than was meant, and that all layers behind see one position only.

To fix it, remove the layer, or pool less before it.

Fails:

    modelspec: 1
    model:
      sequential:
        input: {shape: [4, 4, 3]}
        layers:
          - Conv2D: {filters: 8, kernel_size: 4, activation: relu}
          - MaxPooling2D: {padding: same}
          - Flatten
          - Dense: {units: 1}

Passes:

    modelspec: 1
    model:
      sequential:
        input: {shape: [4, 4, 3]}
        layers:
          - Conv2D: {filters: 8, kernel_size: 3, activation: relu}
          - MaxPooling2D: {padding: same}
          - Flatten
          - Dense: {units: 1}
"""

from __future__ import annotations

from collections.abc import Iterator

from modelspec.analysis.lints.context import Lint, LintContext
from modelspec.layers import classes_with
from modelspec.spec import Spec

CODE = "nothing-left-to-pool"


def check(spec: Spec, context: LintContext) -> Iterator[Lint]:
    """A lint for each such layer."""
    for model in context.models:
        for call in model.calls_of(*classes_with("is_pooling")):
            tensor, given = model.input(call), model.output(call)
            layer = model.layer(call)
            if tensor is None or given is None or not model.called_once(call):
                continue
            first = layer.object.args.get("data_format") == "channels_first"
            sizes = tensor.shape[2:] if first else tensor.shape[1:-1]
            if sizes and all(size == 1 for size in sizes) and given.shape == tensor.shape:
                message = "nothing is left to pool: the input has one position"
                yield Lint(layer.span, message, "remove the layer, or pool less before it")
