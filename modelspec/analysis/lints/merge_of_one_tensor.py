"""A layer that joins tensors, and is given one only.

Keras takes a list of one tensor: Add, Multiply, Average, Maximum, Minimum and Concatenate give that
tensor back as it is. Most often an edge is missing: the other branch, or the way around a block.

To fix it, let the other tensors flow into it, or remove the layer.

Fails:

    modelspec: 1
    model:
      functional:
        inputs: {x: {shape: [8]}}
        layers:
          hidden: {Dense: {units: 8, activation: relu}}
          residual: Add
          score: {Dense: {units: 1}}
        edges: [x -> hidden -> residual -> score]
        outputs: score

Passes:

    modelspec: 1
    model:
      functional:
        inputs: {x: {shape: [8]}}
        layers:
          hidden: {Dense: {units: 8, activation: relu}}
          residual: Add
          score: {Dense: {units: 1}}
        edges: [x -> hidden, "x, hidden -> residual", residual -> score]
        outputs: score
"""

from __future__ import annotations

from collections.abc import Iterator

from modelspec.analysis.facts import tensors_of
from modelspec.analysis.lints.context import Lint, LintContext, ModelView
from modelspec.graph import Call
from modelspec.layers import classes_with
from modelspec.spec import Spec

CODE = "merge-of-one-tensor"


def check(spec: Spec, context: LintContext) -> Iterator[Lint]:
    """A lint for each call of such a layer."""
    for model in context.models:
        for call in model.calls_of(*classes_with("is_merge")):
            if _takes_one(model, call):
                item = model.layer(call).object
                message = f"this {item.class_name} joins one tensor, which it gives back as it is"
                hint = f'add the other tensors, as in "a, b -> {call.layer}", or remove the layer'
                yield Lint(call.span, message, hint)


def _takes_one(model: ModelView, call: Call) -> bool:
    """Whether a call reads one tensor; a result that is a list has several."""
    refs = list(call.reads())
    if len(refs) != 1 or model.output(call) is None:
        return False
    value = model.analysis.tensors.get(refs[0].source)
    return refs[0].index is not None or len(list(tensors_of(value))) == 1
