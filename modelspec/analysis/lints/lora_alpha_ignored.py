"""`lora_alpha` in a layer that ignores it.

The adapters of `lora_rank` are added to a kernel times `lora_alpha / lora_rank`. In Keras 3.15
Dense, Embedding and ReversibleEmbedding forget `lora_alpha` where they are built with `lora_rank`:
the factor is 1, whatever the spec says. EinsumDense and the convolutions keep it.

To fix it, leave `lora_alpha` out, and change the learning rate of the layer with
`training.learning_rates` if its adapters are to learn faster.

Fails:

    modelspec: 1
    model:
      sequential:
        input: {shape: [8]}
        layers: [{Dense: {units: 4, lora_rank: 2, lora_alpha: 16}}]

Passes:

    modelspec: 1
    model:
      sequential:
        input: {shape: [8]}
        layers: [{Dense: {units: 4, lora_rank: 2}}]
"""

from __future__ import annotations

from collections.abc import Iterator

from modelspec.analysis.arguments import keras_class
from modelspec.analysis.lints.context import Lint, LintContext
from modelspec.layers import traits_of
from modelspec.spec import Spec

CODE = "lora-alpha-ignored"


def check(_: Spec, context: LintContext) -> Iterator[Lint]:
    """One lint for each layer."""
    for _name, item in context.layers:
        name, rank = keras_class(item), item.args.get("lora_rank")
        alpha = item.args.get("lora_alpha")
        if not rank or alpha is None or alpha == rank or not traits_of(name).ignores_alpha:
            continue
        message = f"{name} ignores `lora_alpha`: Keras scales its adapters by 1, not {alpha}/{rank}"
        hint = "remove it; `training.learning_rates` has them learn faster or slower"
        yield Lint(item.arg_spans["lora_alpha"], message, hint)
