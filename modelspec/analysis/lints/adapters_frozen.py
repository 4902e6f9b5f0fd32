"""Low-rank adapters that are frozen together with their layer.

`lora_rank` freezes the kernel of a layer and trains two small matrices whose product is added to
it. Under `freeze`, or with `trainable: false`, these are frozen too: their product begins at 0 and
stays so, and the layer is what it was without `lora_rank`.

To fix it, leave the layer out of `freeze`: its kernel is frozen in any case. A pattern of all
layers takes exceptions, such as `freeze: ["*", "!query"]`.

Fails:

    modelspec: 1
    model:
      sequential:
        input: {shape: [8]}
        layers:
          - Dense: {units: 4, activation: relu, lora_rank: 2, name: first}
          - Dense: {units: 1}
    training: {optimizer: adam, loss: mse, initial_weights: runs/first, freeze: [first]}

Passes:

    modelspec: 1
    model:
      sequential:
        input: {shape: [8]}
        layers:
          - Dense: {units: 4, activation: relu, lora_rank: 2, name: first}
          - Dense: {units: 1}
    training: {optimizer: adam, loss: mse, initial_weights: runs/first}
"""

from __future__ import annotations

from collections.abc import Iterator

from modelspec.analysis.facts import Analysis, LayerFacts
from modelspec.analysis.frozen_weights import with_frozen_weights
from modelspec.analysis.lints.context import Lint, LintContext
from modelspec.spec import Spec

CODE = "adapters-frozen"


def check(_: Spec, context: LintContext) -> Iterator[Lint]:
    """One lint for each layer whose adapters no phase trains."""
    for facts in _layers_of(with_frozen_weights(context.analysis, *context.freezes)):
        item, weights = facts.layer.object, facts.weights
        if not item.args.get("lora_rank") or not weights or any(w.trainable for w in weights):
            continue
        message = (
            f'"{facts.layer.name}" ({item.class_name}) is frozen, and its adapters with it: they '
            "stay 0, and `lora_rank` does nothing"
        )
        hint = "leave it out of `freeze`, and `trainable` out of it: the kernel is frozen anyway"
        yield Lint(item.arg_spans["lora_rank"], message, hint)


def _layers_of(analysis: Analysis) -> Iterator[LayerFacts]:
    """The layers of a model and of the models in it."""
    for facts in analysis.layers.values():
        inner = facts.calls[0].nested
        if inner is None:
            yield facts
        else:
            yield from _layers_of(inner)
