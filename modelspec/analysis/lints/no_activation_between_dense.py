"""A Dense without an activation that feeds another Dense.

A linear map of a linear map is a linear map: the two layers can learn nothing that the second
alone could not, at a higher price. Most often an `activation` was forgotten.

To fix it, write `activation: relu` (or another), or remove the first of the two. A first layer
that is narrower than its input and its reader, which holds the rank of the product down, is left
alone.

Fails:

    modelspec: 1
    model:
      sequential:
        input: {shape: [8]}
        layers:
          - Dense: {units: 16}
          - Dense: {units: 1}

Passes:

    modelspec: 1
    model:
      sequential:
        input: {shape: [8]}
        layers:
          - Dense: {units: 16, activation: relu}
          - Dense: {units: 1}
"""

from __future__ import annotations

from collections.abc import Iterator

from modelspec.analysis.arguments import complete
from modelspec.analysis.lints.context import Lint, LintContext, ModelView
from modelspec.analysis.losses import activation_of
from modelspec.diagnostics import Related
from modelspec.graph import Call
from modelspec.layers import traits_of
from modelspec.spec import Spec
from modelspec.spec.model import KerasObject

CODE = "no-activation-between-dense"

DELIBERATE = ("activity_regularizer", "kernel_constraint", "lora_rank")
"""Arguments of the first layer that make it more than half of a product."""


def check(spec: Spec, context: LintContext) -> Iterator[Lint]:
    """A lint for each such Dense, with the one behind it."""
    for model in context.models:
        for call in model.calls_of("Dense"):
            item = model.layer(call).object
            behind = _dense_behind(model, call)
            if behind is None or activation_of(item) != "linear" or _is_deliberate(item):
                continue
            after = model.layer(behind)
            if not model.called_once(call) or _is_narrow(model, call, after.object):
                continue
            message = f'no activation stands between this Dense and the Dense "{after.name}"'
            hint = "add `activation: relu`: two linear layers in a row are one"
            related = (Related(after.span, "the second Dense"),)
            yield Lint(model.layer(call).span, message, hint, related)


def _dense_behind(model: ModelView, call: Call) -> Call | None:
    """The Dense that alone reads a call, past any Dropout."""
    behind = model.only_reader(call)
    while behind is not None and traits_of(model.kind(behind)).is_dropout:
        behind = model.only_reader(behind)
    return behind if model.kind(behind) == "Dense" else None


def _is_deliberate(item: KerasObject) -> bool:
    args = complete(item)
    return any(args.get(key) is not None for key in DELIBERATE)


def _is_narrow(model: ModelView, call: Call, after: KerasObject) -> bool:
    """Whether the first layer is the waist of the product, or may be."""
    before = model.input(call)
    width = None if before is None else before.shape[-1]
    units, wider = (complete(item)["units"] for item in (model.layer(call).object, after))
    return width is None or units < min(width, wider)
