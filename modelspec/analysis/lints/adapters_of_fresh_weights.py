"""Low-rank adapters on kernels that have learned nothing.

`lora_rank` freezes the kernel of a layer and trains two small matrices whose product is added to
it. Without `initial_weights` the kernel has random numbers, and keeps them.

To fix it, name the run or the file that the weights come from in `training.initial_weights`, or
leave `lora_rank` out where the layer is to learn from the beginning.

Fails:

    modelspec: 1
    model:
      sequential:
        input: {shape: [8]}
        layers: [{Dense: {units: 4, lora_rank: 2}}]
    training: {optimizer: adam, loss: mse}

Passes:

    modelspec: 1
    model:
      sequential:
        input: {shape: [8]}
        layers: [{Dense: {units: 4}}]
    training: {optimizer: adam, loss: mse}
"""

from __future__ import annotations

from collections.abc import Iterator

from modelspec.analysis.arguments import keras_class
from modelspec.analysis.lints.context import Lint, LintContext
from modelspec.spec import Spec

CODE = "adapters-of-fresh-weights"


def check(spec: Spec, context: LintContext) -> Iterator[Lint]:
    """One lint for the first of such layers."""
    if spec.training is None or spec.training.initial_weights is not None:
        return
    found = [item for _, item in context.layers if item.args.get("lora_rank")]
    if not found:
        return
    more = f", as those of {len(found) - 1} more layers" if len(found) > 1 else ""
    message = (
        f"the adapters of {keras_class(found[0])} are added to a frozen kernel of random numbers"
        f"{more}"
    )
    hint = "write initial_weights: RUN, where the kernel was trained, or remove `lora_rank`"
    yield Lint(found[0].arg_spans["lora_rank"], message, hint)
