"""A layer whose weights no loss depends on, so that training never changes them.

Between the layer and the losses stands something that no gradient passes (`ops.argmax`,
`ops.round`, `ops.stop_gradient`, a cast to whole numbers), its gradient is zero everywhere
(`ops.sign`), or only outputs without a loss depend
on it. Keras trains the other layers, and warns: "Gradients do not exist for variables".

To fix it, train on the floats before what stops the gradient, or give the output a loss. Where the
weights are to stay as they are, write `trainable: false`.

Fails:

    modelspec: 1
    model:
      functional:
        inputs: {x: {shape: [8]}}
        layers:
          near: {Dense: {units: 4}}
          rounded: ops.round
          y: {Dense: {units: 1}}
        edges: [x -> near -> rounded -> y]
        outputs: y
    training: {optimizer: adam, loss: mse}

Passes:

    modelspec: 1
    model:
      sequential:
        input: {shape: [8]}
        layers:
          - Dense: {units: 4, activation: relu}
          - Dense: {units: 1}
    training: {optimizer: adam, loss: mse}
"""

from __future__ import annotations

from collections.abc import Iterator

from modelspec.analysis.gradients import learning_layers, trace_gradients
from modelspec.analysis.lints.context import Lint, LintContext
from modelspec.analysis.losses import names_with_loss
from modelspec.diagnostics import Related, Span
from modelspec.spec import Spec
from modelspec.spec.model import LayerSpec

CODE = "weights-without-gradient"


def check(spec: Spec, context: LintContext) -> Iterator[Lint]:
    """A lint for each layer."""
    training, analysis = spec.training, context.analysis
    if training is None or not context.knows_all_losses:
        return
    trained = names_with_loss(training, analysis.graph.output_names)
    reach = trace_gradients(analysis, trained, zeros=False)
    related = tuple(Related(stop.span, "no gradient passes here") for stop in reach.stops[:1])
    lost: dict[Span, list[LayerSpec]] = {}
    for layer in learning_layers(analysis, training.freeze):
        if id(layer) not in reach.layers:
            lost.setdefault(layer.span, []).append(layer)
    for span, layers in lost.items():
        message = (
            f'no gradient reaches the weights of "{layers[0].name}" '
            f"({layers[0].object.class_name}){_others(layers)}: training does not change them"
        )
        hint = "give an output behind it a loss, or write `trainable: false`"
        yield Lint(span, message, hint, related)


def _others(layers: list[LayerSpec]) -> str:
    """The other layers of one application, which all stand at one place."""
    count = len(layers) - 1
    return f" and {count} more layer{'s' if count > 1 else ''} of this application" if count else ""
