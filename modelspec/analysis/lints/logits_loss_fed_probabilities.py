"""A loss that takes logits, and an output that gives probabilities.

With `from_logits: true` a crossentropy applies sigmoid or softmax itself. If the output's layer
has done so already, they are applied twice: the probabilities can no longer come near 0 or 1, the
gradients are small, and training is slow and ends in a worse place. The loss CTC takes logits
always, and so do the losses of `training.gan`: the score of a discriminator is any number.

To fix it, remove the activation, or remove `from_logits: true`.

Fails:

    modelspec: 1
    model:
      sequential:
        input: {shape: [8]}
        layers: [{Dense: {units: 1, activation: sigmoid}}]
    training:
      optimizer: adam
      loss: {BinaryCrossentropy: {from_logits: true}}

Passes:

    modelspec: 1
    model:
      sequential:
        input: {shape: [8]}
        layers: [{Dense: {units: 1, activation: sigmoid}}]
    training: {optimizer: adam, loss: binary_crossentropy}
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from modelspec.analysis.lints.context import Lint, LintContext
from modelspec.analysis.losses import PROBABILITIES, output_layer_of
from modelspec.diagnostics import Related
from modelspec.graph import TensorRef
from modelspec.spec import Spec

if TYPE_CHECKING:
    from modelspec.spec.gan import GanSpec

CODE = "logits-loss-fed-probabilities"


def check(spec: Spec, context: LintContext) -> Iterator[Lint]:
    """A lint for each such output, at its activation."""
    if spec.training is not None and spec.training.gan is not None:
        yield from _of_discriminator(spec.training.gan, context)
    for output in context.outputs:
        if not output.from_logits and output.loss_class != "CTC":
            continue
        if output.layer is None or output.activation not in PROBABILITIES:
            continue
        message = (
            f"`{output.loss.class_name}` takes logits,"
            f" and the output `{output.name}` ends in {output.activation}"
        )
        hint = "remove the activation"
        if output.from_logits:
            hint += ", or `from_logits: true`"
        related = (Related(output.loss.span, "the loss is here"),)
        yield Lint(output.layer.activation_span, message, hint, related)


def _of_discriminator(gan: GanSpec, context: LintContext) -> Iterator[Lint]:
    graph = context.analysis.graph
    if graph.gan is None:
        return
    found = output_layer_of(graph, TensorRef(graph.gan.discriminator.name))
    if found is None or found.activation not in PROBABILITIES:
        return
    message = f"`gan` takes scores, and the discriminator ends in {found.activation}"
    related = (Related(gan.place("discriminator"), "the discriminator is named here"),)
    yield Lint(found.activation_span, message, "remove the activation", related)
