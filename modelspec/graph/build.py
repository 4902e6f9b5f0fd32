"""From the typed model to its graph."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from modelspec.diagnostics import Findings
from modelspec.spec.model import FunctionalSpec, KerasObject, LayerSpec, ModelSpec, SequentialSpec

from .calls import collect_calls
from .graph import Call, Graph, TensorRef, flatten_with_gaps
from .order import sort_calls
from .resolve import Resolver
from .unused import report_unused


def build_graph(model: ModelSpec, findings: Findings, *, complete: bool = True) -> Graph | None:
    """The graph of a model and of all models nested in it; None where it has errors.

    `complete` is false where edges or outputs are known to be invalid: what is unused cannot be
    told then.
    """
    before = findings.error_count
    if isinstance(model, SequentialSpec):
        graph: Graph | None = _sequential(model, findings)
    else:
        graph = _functional(model, findings, complete)
    return graph if findings.error_count == before else None


def _sequential(model: SequentialSpec, findings: Findings) -> Graph:
    calls: list[Call] = []
    inputs = () if model.input is None else (model.input,)
    last = TensorRef(model.input.name if model.input is not None else "")
    for layer in model.layers:
        calls.append(Call(layer.name, layer.name, (last,), {}, {}, layer.span))
        last = TensorRef(layer.name)
    return Graph(
        "sequential",
        inputs,
        {layer.name: layer for layer in model.layers},
        tuple(calls),
        last,
        (last.source,),
        (model.layers[-1].span,),
        "single",
        _nested(model.layers, findings),
        model.span,
    )


def _functional(model: FunctionalSpec, findings: Findings, complete: bool) -> Graph | None:
    nested = _nested(model.layers, findings)
    before = findings.error_count
    complete = complete and model.complete
    resolver = Resolver(model, findings, complete=complete)
    calls = collect_calls(model, resolver, findings)
    outputs, names, spans = resolver.outputs()
    if None in flatten_with_gaps(outputs):  # an invalid output, which is reported already
        outputs, names, spans = (), (), ()
    ordered = sort_calls(calls, findings)
    if complete:
        sound = findings.error_count == before
        report_unused(model, ordered if sound else None, outputs, findings)
    if ordered is None:
        return None
    return Graph(
        "functional",
        model.inputs,
        {layer.name: layer for layer in model.layers},
        ordered,
        outputs,
        names,
        spans,
        model.input_structure,
        nested,
        model.span,
    )


def _nested(layers: tuple[LayerSpec, ...], findings: Findings) -> dict[int, Graph]:
    found: dict[int, Graph] = {}
    for layer in layers:
        for item in nested_objects(layer.object):
            assert item.model is not None
            graph = build_graph(item.model, findings)
            if graph is not None:
                found[id(item)] = graph
    return found


def nested_objects(value: Any) -> Iterator[KerasObject]:
    """The nested models in a layer: itself, or those that its arguments hold."""
    if isinstance(value, KerasObject):
        if value.model is not None:
            yield value
        else:
            for item in value.args.values():
                yield from nested_objects(item)
    elif isinstance(value, list):
        for item in value:
            yield from nested_objects(item)
