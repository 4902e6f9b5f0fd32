"""The summary of a built model: shapes and parameters as Keras counts them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from modelspec.graph import Call, Graph
from modelspec.report import LayerSummary, Summary
from modelspec.spec import Spec


def summarize_model(spec: Spec, graph: Graph, model: Any) -> Summary:
    """What a model is made of.

    Args:
        spec: the spec that it was built from.
        graph: its graph.
        model: the `keras.Model` or `keras.Sequential`.
    """
    operations = _operations(model)
    layers = [
        _layer(call, graph, operations) for call in graph.calls if call.name == _first(call, graph)
    ]
    total, trainable = model.count_params(), _count(model.trainable_weights)
    return Summary(
        spec.name,
        graph.kind,
        [_tensor(entry.name, t) for entry, t in zip(graph.inputs, model.inputs, strict=True)],
        _output_tensors(graph, model),
        layers,
        {"total": total, "trainable": trainable, "non_trainable": total - trainable},
        None,
        {"weights": sum(_bytes(w) for w in model.weights), "training": None},
    )


def _output_tensors(graph: Graph, model: Any) -> list[dict[str, Any]]:
    # Keras flattens a dict in the order of its sorted keys
    order = graph.output_names
    if isinstance(graph.outputs, Mapping):
        order = tuple(sorted(order))
    found = dict(zip(order, model.outputs, strict=True))
    return [_tensor(name, found[name]) for name in graph.output_names]


def _operations(model: Any) -> dict[str, Any]:
    functional = getattr(model, "_functional", None) or model
    return {operation.name: operation for operation in functional.operations}


def _first(call: Call, graph: Graph) -> str:
    """A shared layer has several calls and one row."""
    return next(other.name for other in graph.calls if other.layer == call.layer)


def _layer(call: Call, graph: Graph, operations: dict[str, Any]) -> LayerSummary:
    layer = graph.layers[call.layer]
    made = operations[call.layer]
    reads = [r.source for c in graph.calls if c.layer == call.layer for r in c.reads()]
    weights = getattr(made, "weights", [])
    shape, dtype = _outputs(made)
    return LayerSummary(
        call.layer,
        layer.object.class_name,
        list(dict.fromkeys(reads)),
        shape,
        dtype,
        _count(weights),
        _count(getattr(made, "trainable_weights", [])),
        None,
        layer.span.line,
    )


def _outputs(made: Any) -> tuple[Any, str]:
    import keras

    flat = keras.tree.flatten(made._inbound_nodes[0].output_tensors)
    shapes = [list(tensor.shape) for tensor in flat]
    return (shapes[0] if len(shapes) == 1 else shapes), str(flat[0].dtype)


def _tensor(name: str, tensor: Any) -> dict[str, Any]:
    return {"name": name, "shape": list(tensor.shape), "dtype": str(tensor.dtype)}


def _count(weights: list[Any]) -> int:
    total = 0
    for weight in weights:
        size = 1
        for axis in weight.shape:
            size *= axis
        total += size
    return total


def _bytes(weight: Any) -> int:
    import keras

    item = keras.backend.standardize_dtype(weight.dtype)
    width = {"bool": 1, "bfloat16": 2}.get(item) or int(
        "".join(c for c in item if c.isdigit())
    ) // 8
    return _count([weight]) * width
