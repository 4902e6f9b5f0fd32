"""A Dropout between the layer that makes an output and the output itself.

While training, Dropout sets some of its values to 0 and scales up the others. On features that is
useful: the layers behind it learn to do without. On the values that the loss compares it only adds
errors that nothing can learn to avoid, and probabilities leave the range from 0 to 1.

To fix it, move the Dropout in front of the last layer with weights.

Fails:

    modelspec: 1
    model:
      sequential:
        input: {shape: [8]}
        layers:
          - Dense: {units: 16, activation: relu}
          - Dense: {units: 3, activation: softmax}
          - Dropout: {rate: 0.5}

Passes:

    modelspec: 1
    model:
      sequential:
        input: {shape: [8]}
        layers:
          - Dense: {units: 16, activation: relu}
          - Dropout: {rate: 0.5}
          - Dense: {units: 3, activation: softmax}
"""

from __future__ import annotations

from collections.abc import Iterator

from modelspec.analysis.lints.context import Lint, LintContext
from modelspec.analysis.losses import PROBABILITIES, OutputLayer, find_output_layers
from modelspec.diagnostics import Related
from modelspec.layers import traits_of
from modelspec.spec import Spec

CODE = "dropout-before-output"


def check(spec: Spec, context: LintContext) -> Iterator[Lint]:
    """A lint for each such Dropout.

    Without `training` only where the layer gives probabilities: an encoder may end as it likes.
    """
    if spec.training is not None:
        layers = {output.name: output.layer for output in context.outputs}
    else:
        layers = find_output_layers(context.analysis.graph)
    for name, output in layers.items():
        if output is None or output.dropout is None:
            continue
        if output.activation in PROBABILITIES or (spec.training is not None and _is_last(output)):
            message = f"{output.dropout.object.class_name} falls on the output `{name}` itself"
            hint = f'move it in front of "{output.layer.name}"'
            related = (Related(output.layer.span, "the layer that makes the output"),)
            yield Lint(output.dropout.span, message, hint, related)


def _is_last(output: OutputLayer) -> bool:
    return traits_of(output.kind).is_linear or output.activation is not None
