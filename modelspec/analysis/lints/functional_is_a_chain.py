"""A `functional` model whose layers form one chain.

Each layer reads the one before it and nothing else, so the same model can be written as
`sequential`: without names to invent and without edges to keep in step with the layers. Who reads
`functional` expects a branch, and looks for it.

To fix it, list the layers under `sequential`, in order, with the input above them;
`modelspec convert SPEC --to sequential` does it. The weights stay the same.

Fails:

    modelspec: 1
    model:
      functional:
        inputs: {x: {shape: [8]}}
        layers:
          hidden: {Dense: {units: 16, activation: relu}}
          y: {Dense: {units: 1}}
        edges: [x -> hidden -> y]
        outputs: y

Passes:

    modelspec: 1
    model:
      sequential:
        input: {shape: [8], name: x}
        layers:
          - Dense: {units: 16, activation: relu, name: hidden}
          - Dense: {units: 1, name: y}
"""

from __future__ import annotations

from collections.abc import Iterator

from modelspec.analysis.lints.context import Lint, LintContext, ModelView
from modelspec.graph import TensorRef
from modelspec.layers.rule import Tensor
from modelspec.schema import class_schema
from modelspec.spec import Spec

CODE = "functional-is-a-chain"


def check(spec: Spec, context: LintContext) -> Iterator[Lint]:
    """A lint for each functional model that is a chain."""
    for model in context.models:
        if model.graph.kind == "functional" and not model.graph.is_part and _is_chain(model):
            count = len(model.graph.layers)
            layers = "has one layer" if count == 1 else f"is one chain of {count} layers"
            message = f"this `functional` model {layers}, and could be a `sequential`"
            hint = "list the layers under `sequential`, in order; that needs no edges"
            yield Lint(model.graph.span, message, hint)


def _is_chain(model: ModelView) -> bool:
    graph = model.graph
    if len(graph.inputs) != 1 or graph.input_structure != "single":
        return False
    before = TensorRef(graph.inputs[0].name)
    for call in graph.calls:
        plain = call.positional == (before,) and not call.named and not call.arguments
        item = model.layer(call).object
        known = class_schema("layer", item.class_name)
        of_lists = known is not None and known.takes_list
        stacks = not of_lists and not item.class_name.startswith("ops.")
        one = isinstance(model.analysis.tensors.get(call.name), Tensor)
        if not (plain and stacks and one and model.called_once(call)):
            return False
        before = TensorRef(call.name)
    return graph.outputs == before
