"""The function that makes what is fitted where the class of an extension trains the model."""

from __future__ import annotations

import dataclasses

from modelspec.graph import Graph
from modelspec.spec.model import KerasObject

from .compile_function import no_model
from .module import Module
from .syntax import lay_out
from .values import Values


def trainer_function(trainer: KerasObject, graph: Graph, module: Module) -> str:
    """`build_trainer(model)`, which gives a model of the class with the weights of the model."""
    call = Values(module, no_model).construct(trainer)
    tensors = [("inputs=", "model.input"), ("outputs=", "model.output")]
    if graph.kind == "sequential":  # one that was never called has no `input`
        tensors = [("inputs=", "model.inputs[0]"), ("outputs=", "model.outputs[0]")]
    items = (*tensors, ("name=", "model.name"), *call.items)
    lines = lay_out("return ", dataclasses.replace(call, items=items))
    what = "What is fitted: it has the weights of the model, which is saved."
    return "\n".join(["def build_trainer(model):", f'    """{what}"""', *lines])
