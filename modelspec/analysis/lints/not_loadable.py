"""A layer that Keras does not load as it was saved.

Keras writes a RandomShear of `x_factor: 0.2` as [-0.2, 0.2], and takes no number below 0 when it
loads the model. The training goes well, and its model.keras cannot be opened: neither by
`predict`, `evaluate` and `export`, nor by Keras itself.

In a file the `output_size` of `ops.adaptive_average_pool` and `ops.adaptive_max_pool` is a list, of
which Keras makes no shape when it loads the model.

And Keras saves no `autocast`: a layer with `autocast: false` computes on floats of another dtype
than its own as they are, and casts them in the model that is loaded.

To fix it, put a layer such as AdaptiveAveragePooling2D in the place of the op; give the factor as a
list of two numbers from 0 to 1, which shears in one direction; or use another layer that moves what
images show, such as RandomRotation or RandomTranslation; and give a layer the `dtype` that it gets.

Fails:

    modelspec: 1
    model:
      sequential:
        input: {shape: [32, 32, 3]}
        layers:
          - RandomShear: {x_factor: 0.2}
          - Flatten
          - Dense: {units: 1}

Passes:

    modelspec: 1
    model:
      sequential:
        input: {shape: [32, 32, 3]}
        layers:
          - RandomShear: {x_factor: [0.0, 0.2]}
          - Flatten
          - Dense: {units: 1}
"""

from __future__ import annotations

from collections.abc import Iterator

from modelspec.analysis.arguments import keras_class
from modelspec.analysis.lints.context import Lint, LintContext
from modelspec.layers.policies import named_policy, policy_of
from modelspec.layers.rule import Policy
from modelspec.spec import Spec

CODE = "not-loadable"

_OPS = {
    "ops.adaptive_average_pool": "AdaptiveAveragePooling",
    "ops.adaptive_max_pool": "AdaptiveMaxPooling",
}
"""Ops that do not load, to the layers that do."""


def check(spec: Spec, context: LintContext) -> Iterator[Lint]:
    """A lint for each such layer, at its first such factor."""
    yield from _check_casts(spec, context)
    for _, item in context.layers:
        if keras_class(item) in _OPS:
            message = "Keras saves `output_size` as a list, and does not load a model with that"
            yield Lint(item.span, message, f"use the layer {_OPS[keras_class(item)]}1D, 2D or 3D")
        if keras_class(item) != "RandomShear":
            continue
        for arg in ("x_factor", "y_factor"):
            factor = item.args.get(arg)
            if isinstance(factor, (int, float)) and factor:
                message = (
                    f"Keras saves this {arg} as [-{factor}, {factor}], and does not load a model "
                    "with that"
                )
                hint = f"write `{arg}: [0.0, {factor}]`, which shears in one direction"
                yield Lint(item.arg_spans[arg], message, hint)
                break


def _check_casts(spec: Spec, context: LintContext) -> Iterator[Lint]:
    """A lint for each layer that casts its input in the loaded model only."""
    precision = None if spec.training is None else spec.training.precision
    outer = Policy() if precision is None else named_policy(precision)
    for model in context.models:
        for call in model.graph.calls:
            item = model.layer(call).object
            if item.args.get("autocast") is not False or outer is None:
                continue
            policy, given = policy_of(item.args.get("dtype"), outer), model.input(call)
            if policy is None or given is None or given.dtype == policy.compute:
                continue
            if "float" not in given.dtype:
                continue
            message = (
                f"Keras saves no `autocast`: the model that it loads casts the {given.dtype} of "
                f"this layer to {policy.compute}, and predicts differently"
            )
            hint = f"leave `autocast` out, or write `dtype: {given.dtype}`"
            yield Lint(item.arg_spans["autocast"], message, hint)
