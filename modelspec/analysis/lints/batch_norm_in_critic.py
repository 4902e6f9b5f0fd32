"""BatchNormalization in a discriminator with a gradient penalty.

The penalty is on the gradient of the score of one example with respect to this example. With
BatchNormalization in training the score of an example depends on the whole batch, so what is
penalized is none of one example, and the bound does not hold (Gulrajani et al. 2017).

To fix it, write LayerNormalization, which looks at one example, or leave the normalization out.

Fails:

    modelspec: 1
    model:
      functional:
        inputs: {noise: {shape: [4]}, row: {shape: [8]}}
        layers:
          generator: {Sequential: {layers: [{Dense: {units: 8}}]}}
          critic:
            Sequential:
              layers: [BatchNormalization, {Dense: {units: 8}}, ReLU, {Dense: {units: 1}}]
        edges: [noise -> generator, row -> critic]
        outputs: generator
    training:
      optimizer: adam
      gan: {generator: generator, discriminator: critic, gradient_penalty: 10}

Passes:

    modelspec: 1
    model:
      functional:
        inputs: {noise: {shape: [4]}, row: {shape: [8]}}
        layers:
          generator: {Sequential: {layers: [{Dense: {units: 8}}]}}
          critic:
            Sequential:
              layers: [LayerNormalization, {Dense: {units: 8}}, ReLU, {Dense: {units: 1}}]
        edges: [noise -> generator, row -> critic]
        outputs: generator
    training:
      optimizer: adam
      gan: {generator: generator, discriminator: critic, gradient_penalty: 10}
"""

from __future__ import annotations

from collections.abc import Iterator

from modelspec.analysis.arguments import keras_class
from modelspec.analysis.lints.context import Lint, LintContext
from modelspec.diagnostics import Related
from modelspec.graph import Graph
from modelspec.spec import Spec
from modelspec.spec.model import LayerSpec

CODE = "batch-norm-in-critic"


def check(spec: Spec, context: LintContext) -> Iterator[Lint]:
    """A lint for each such BatchNormalization."""
    gan = None if spec.training is None else spec.training.gan
    graph = context.analysis.graph
    if gan is None or gan.gradient_penalty is None or gan.discriminator not in graph.layers:
        return
    critic = graph.graph_inside(graph.layers[gan.discriminator])
    for layer in () if critic is None else _layers_of(critic):
        if keras_class(layer.object) != "BatchNormalization":
            continue
        message = "BatchNormalization makes the score of an example depend on the whole batch, and"
        message += " the gradient penalty is of one example"
        related = (Related(gan.place("gradient_penalty"), "the penalty is here"),)
        yield Lint(layer.span, message, "write LayerNormalization, or leave it out", related)


def _layers_of(graph: Graph) -> Iterator[LayerSpec]:
    for layer in graph.layers.values():
        yield layer
        inner = graph.graph_inside(layer)
        if inner is not None:
            yield from _layers_of(inner)
