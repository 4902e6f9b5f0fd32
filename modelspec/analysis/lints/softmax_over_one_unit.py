"""A softmax over an axis of size 1, which always gives 1.

Softmax divides by the sum over its axis. With one unit the result is 1 whatever comes in, no
gradient flows back, and nothing before it learns. For two classes out of one unit the function is
sigmoid.

To fix it, write `activation: sigmoid`, or one unit for each class.

Fails:

    modelspec: 1
    model:
      sequential:
        input: {shape: [8]}
        layers: [{Dense: {units: 1, activation: softmax}}]

Passes:

    modelspec: 1
    model:
      sequential:
        input: {shape: [8]}
        layers: [{Dense: {units: 1, activation: sigmoid}}]
"""

from __future__ import annotations

from collections.abc import Iterator

from modelspec.analysis.arguments import complete, keras_class
from modelspec.analysis.lints.context import Lint, LintContext, ModelView
from modelspec.analysis.losses import activation_of
from modelspec.diagnostics import Span
from modelspec.graph import Call
from modelspec.layers import traits_of
from modelspec.spec import Spec
from modelspec.spec.model import KerasObject

CODE = "softmax-over-one-unit"


def check(spec: Spec, context: LintContext) -> Iterator[Lint]:
    """A lint for each such softmax."""
    for _, item in context.layers:
        linear = traits_of(keras_class(item)).is_linear
        if linear and activation_of(item) == "softmax" and _units(item) == 1:
            yield _lint(item.arg_spans.get("activation", item.span))
    for model in context.models:
        for call in model.calls_of("Softmax", "Activation", "ops.softmax"):
            if _axis_size(model, call) == 1:
                item = model.layer(call).object
                yield _lint(
                    item.arg_spans.get("activation", item.span),
                    is_layer="activation" not in item.args,
                )


def _lint(span: Span, *, is_layer: bool = False) -> Lint:
    message = "a softmax over one unit always gives 1, and nothing before it learns"
    sigmoid = "`Activation: {activation: sigmoid}`" if is_layer else "`activation: sigmoid`"
    return Lint(span, message, f"write {sigmoid}, or one unit for each class")


def _units(item: KerasObject) -> object:
    """The size of the last axis that a layer gives, which softmax runs over."""
    args = complete(item)
    if args.get("data_format") == "channels_first":
        return None
    return args.get("units", args.get("filters"))


def _axis_size(model: ModelView, call: Call) -> int | None:
    item = model.layer(call).object
    tensor = model.input(call)
    axis = complete(item).get("axis", -1)
    if activation_of(item) != "softmax" or tensor is None or not isinstance(axis, int):
        return None
    return tensor.shape[axis] if -tensor.rank <= axis < tensor.rank else None
