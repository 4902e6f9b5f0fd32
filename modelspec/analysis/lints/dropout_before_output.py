"""A Dropout between the layer that computes an output and the output itself.

During training, Dropout sets some of its inputs to 0 and scales up the others. On features that is
useful: the layers after it learn not to rely on single features. On the values that the loss
compares it only adds noise that no layer can learn to correct, and probabilities leave the range
from 0 to 1.

To fix it, move the Dropout before the last layer with weights.

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

    Without `training` only where the layer returns probabilities: an encoder may end in a Dropout.
    """
    if spec.training is not None:
        layers = {output.name: output.layer for output in context.outputs}
    else:
        layers = find_output_layers(context.analysis.graph)
    for name, output in layers.items():
        if output is None or output.dropout is None:
            continue
        if output.activation in PROBABILITIES or (spec.training is not None and _is_last(output)):
            message = f"{output.dropout.object.class_name} is applied to the output `{name}` itself"
            hint = f'move it before "{output.layer.name}"'
            related = (Related(output.layer.span, "the layer that computes the output"),)
            yield Lint(output.dropout.span, message, hint, related)


def _is_last(output: OutputLayer) -> bool:
    return traits_of(output.kind).is_linear or output.activation is not None
