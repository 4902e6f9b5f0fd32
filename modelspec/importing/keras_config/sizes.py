"""Layers that depend on the shape of their input, completed once there is a spec to analyse."""

from __future__ import annotations

from typing import Any

from modelspec.analysis import Analysis, analyze
from modelspec.compile import compile_expanded
from modelspec.diagnostics import Findings
from modelspec.document import emit
from modelspec.graph import Graph
from modelspec.importing.objects import ImportContext, PendingLayer, SpecObject, spec_value
from modelspec.layers.rule import Tensor


def complete_pending_layers(data: dict[str, Any], ctx: ImportContext) -> None:
    """Put the sizes into the layers of a spec that need them, in place.

    A layer behind another that lacks its sizes waits for the next round.
    """
    waiting = list(ctx.pending)
    while waiting:
        analysis = _analyze(data)
        if analysis is None:
            return
        done = [item for item in waiting if _complete(data, item, analysis, ctx)]
        if not done:
            break
        waiting = [item for item in waiting if item not in done]
    for item in waiting:
        if item.required:
            message = (
                f"{item.where}: its weights depend on the size of its input, which is not known"
            )
            ctx.error("no-shape", message, "give the model's inputs a fixed size in the file")


def _analyze(data: dict[str, Any]) -> Analysis | None:
    faults = Findings()
    compiled = compile_expanded(emit(data), "<spec>", None, faults)
    return None if compiled is None else analyze(compiled[1], faults)


def _complete(
    data: dict[str, Any], item: PendingLayer, analysis: Analysis, ctx: ImportContext
) -> bool:
    """Complete one layer; whether there is nothing left to do for it."""
    body = next(iter(data["model"].values()))
    names = [ctx.renamed.get(item.path[: index + 1], name) for index, name in enumerate(item.path)]
    for name in names[:-1]:
        if name not in analysis.layers:
            return False
        inner = analysis.layers[name].calls[0].nested
        found = _entry(body, analysis.graph, name)
        if inner is None or found is None:
            return False
        body, analysis = found[1], inner
    shape = _input_shape(analysis, names[-1])
    if shape is None:
        return False
    value = item.complete(shape)
    if value is not None:
        _replace(body, analysis.graph, names[-1], value)
        return True
    return not item.required


def _input_shape(analysis: Analysis, name: str) -> tuple[int | None, ...] | None:
    if name not in analysis.layers:
        return None
    for ref in analysis.layers[name].calls[0].call.reads():
        tensor = analysis.tensors.get(ref.source)
        if isinstance(tensor, Tensor) and ref.index is None:
            return tensor.shape
    return None


def _entry(body: dict[str, Any], graph: Graph, name: str) -> SpecObject | None:
    layers = body["layers"]
    index: Any = name if isinstance(layers, dict) else list(graph.layers).index(name)
    value = layers[index]
    return next(iter(value.items())) if isinstance(value, dict) else None


def _replace(body: dict[str, Any], graph: Graph, name: str, value: SpecObject) -> None:
    layers, (class_name, args) = body["layers"], value
    if isinstance(layers, dict):
        layers[name] = spec_value(class_name, args)
        return
    index = list(graph.layers).index(name)
    layers[index] = spec_value(class_name, {"name": name, **args})
