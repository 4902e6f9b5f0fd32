"""A Dense without an activation that feeds another Dense.

A linear map of a linear map is a linear map: the two layers can learn nothing that the second
alone could not, at a higher cost. Most often an `activation` was forgotten.

To fix it, write `activation: relu` (or another), or remove the first of the two. A first layer
that is narrower than its input and than the second layer is not reported: it limits the rank of
the product.

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
"""Arguments of the first layer that make it more than a factor of a product."""


def check(spec: Spec, context: LintContext) -> Iterator[Lint]:
    """A lint for each such Dense, with the one after it."""
    for model in context.models:
        for call in model.calls_of("Dense"):
            item = model.layer(call).object
            following = _next_dense(model, call)
            if following is None or activation_of(item) != "linear" or _is_deliberate(item):
                continue
            after = model.layer(following)
            if not model.called_once(call) or _is_narrow(model, call, after.object):
                continue
            message = f'there is no activation between this Dense and the Dense "{after.name}"'
            hint = "add `activation: relu`: two linear layers in a row are one"
            related = (Related(after.span, "the second Dense"),)
            yield Lint(model.layer(call).span, message, hint, related)


def _next_dense(model: ModelView, call: Call) -> Call | None:
    """The Dense that alone reads a call, skipping any Dropout."""
    following = model.only_reader(call)
    while following is not None and traits_of(model.kind(following)).is_dropout:
        following = model.only_reader(following)
    return following if model.kind(following) == "Dense" else None


def _is_deliberate(item: KerasObject) -> bool:
    args = complete(item)
    return any(args.get(key) is not None for key in DELIBERATE)


def _is_narrow(model: ModelView, call: Call, after: KerasObject) -> bool:
    """Whether the first layer is, or may be, a bottleneck."""
    before = model.input(call)
    width = None if before is None else before.shape[-1]
    units, wider = (complete(item)["units"] for item in (model.layer(call).object, after))
    return width is None or units < min(width, wider)
