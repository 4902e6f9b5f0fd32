"""Low-rank adapters of a rank that their kernel cannot have.

A kernel of 64 rows and 10 columns has a rank of at most 10. Adapters of a higher `lora_rank` can be
no other matrices than those of rank 10, and train more numbers than the kernel has.

To fix it, write a rank well below the smaller of the two sizes, such as a quarter of it, or leave
`lora_rank` out and train the kernel itself.

Fails:

    modelspec: 1
    model:
      sequential:
        input: {shape: [8]}
        layers: [{Dense: {units: 4, lora_rank: 16}}]

Passes:

    modelspec: 1
    model:
      sequential:
        input: {shape: [8]}
        layers: [{Dense: {units: 4, lora_rank: 1}}]
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from math import prod

from modelspec.analysis.arguments import keras_class
from modelspec.analysis.lints.context import Lint, LintContext
from modelspec.layers.rule import Weight
from modelspec.spec import Spec

CODE = "lora-rank-too-large"


def check(_: Spec, context: LintContext) -> Iterator[Lint]:
    """One lint for each layer."""
    for model in context.models:
        for layer in model.graph.layers.values():
            rank, weights = layer.object.args.get("lora_rank"), model.weights(layer)
            if not rank or not weights:
                continue
            most = _most(weights)
            if most is None or rank <= most:
                continue
            message = (
                f"{keras_class(layer.object)} has a kernel of rank {most} at most, and adapters of "
                f"rank {rank}, which train more numbers than the kernel has"
            )
            hint = f"write a `lora_rank` well below {most}, or remove it and train the kernel"
            hint = hint if most > 1 else "remove it, and train the kernel"
            yield Lint(layer.object.arg_spans["lora_rank"], message, hint)


def _most(weights: tuple[Weight, ...]) -> int | None:
    """The largest rank of an adapted kernel: the smaller of its sizes as a matrix."""
    for down, up in pairwise(weights):
        if down.name.startswith("lora_") and up.name.startswith("lora_"):
            return min(prod(down.shape[:-1]), up.shape[-1])
    return None
