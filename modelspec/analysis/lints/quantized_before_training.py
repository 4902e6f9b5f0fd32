"""Training a layer whose weights are quantized from the start.

Under `dtype: int8_from_float32`, or int4, the kernel of a layer is made of whole numbers. Keras
makes all of them 0, ignores the initializer, and does not train them: the layer gives its bias, and
nothing of its input. Such weights are made from trained ones, with `model.quantize` in Python, and
`training.initial_weights` may read them.

To fix it, leave `dtype` out and quantize after training, or give `initial_weights`.

Fails:

    modelspec: 1
    model:
      sequential:
        input: {shape: [8]}
        layers: [{Dense: {units: 1, dtype: int8_from_float32}}]
    training: {optimizer: adam, loss: mse}

Passes:

    modelspec: 1
    model:
      sequential:
        input: {shape: [8]}
        layers: [{Dense: {units: 1}}]
    training: {optimizer: adam, loss: mse}
"""

from __future__ import annotations

from collections.abc import Iterator

from modelspec.analysis.lints.context import Lint, LintContext
from modelspec.layers.policies import policy_of
from modelspec.layers.rule import Policy
from modelspec.spec import Spec

CODE = "quantized-before-training"

WHOLE = ("int8", "int4")
"""The ways to quantize that leave nothing to train."""


def check(spec: Spec, context: LintContext) -> Iterator[Lint]:
    """One lint for each layer."""
    if spec.training is None or spec.training.initial_weights is not None:
        return
    for _, item in context.layers:
        policy = policy_of(item.args.get("dtype"), Policy())
        if policy is not None and policy.mode.startswith(WHOLE):
            mode = policy.mode.partition("/")[0]
            message = f"the {mode} weights of this {item.class_name} are zeros, and stay so"
            hint = "train without this `dtype`, and use `model.quantize` afterwards"
            yield Lint(item.arg_spans["dtype"], message, hint)
