"""Layers that Keras 3 lacks, or computes differently, written with layers that it has."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from modelspec.analysis import Analysis, analyze
from modelspec.compile import compile_expanded
from modelspec.diagnostics import Findings
from modelspec.document import emit
from modelspec.graph import Graph
from modelspec.importing.keras_config import (
    ConfigObject,
    ImportContext,
    PendingLayer,
    SpecObject,
    convert_arguments,
    spec_value,
    unwrap_value,
)
from modelspec.layers.rule import Tensor
from modelspec.schema import class_schema

HARD_SIGMOID_RATIO = 1.2
"""`hard_sigmoid` is clip(0.2 x + 0.5) in Keras 2 and clip(x / 6 + 0.5) in Keras 3."""

Shape = tuple[int | None, ...]


def _activation(
    found: ConfigObject, name: str, where: str, ctx: ImportContext
) -> SpecObject | None:
    """`Activation("hard_sigmoid")`, with the slope that it had."""
    if found.config.get("activation") != "hard_sigmoid":
        return None
    layers = [
        {"Rescaling": {"scale": HARD_SIGMOID_RATIO}},
        {"Activation": {"activation": "hard_sigmoid"}},
    ]
    return "Sequential", {"layers": layers}


def _cropping(found: ConfigObject, name: str, where: str, ctx: ImportContext) -> SpecObject | None:
    """Keras 2 could crop all away; Keras 3 refuses that, but takes an index that leaves nothing."""
    cropping = unwrap_value(found.config.get("cropping"))
    first = found.config.get("data_format") == "channels_first"
    rank = int(found.class_name[-2])
    pairs = [cropping] if rank == 1 else cropping
    if not isinstance(pairs, list) or not all(isinstance(p, list) and len(p) == 2 for p in pairs):
        return None

    def complete(shape: Shape) -> SpecObject | None:
        spatial = shape[2:] if first else shape[1:]
        left = [
            size is None or size > sum(pair) for size, pair in zip(spatial, pairs, strict=False)
        ]
        if all(left):
            return None
        parts = [f"{before}:{-after or ''}" for before, after in pairs]
        key = ", ".join([":", *([":"] if first else []), *parts])
        return _chain({"crop": {"ops.get_item": {"key": key}}})

    ctx.pending.append(PendingLayer(ctx.path_to(name), where, complete, False))
    return None


def _locally_connected(
    rank: int, found: ConfigObject, name: str, where: str, ctx: ImportContext
) -> SpecObject:
    """A separate kernel for each patch: the same number of weights, and the same output."""
    config = found.config
    if config.get("padding", "valid") != "valid" or config.get("data_format") == "channels_first":
        message = f"{where}: Keras 3 has no {found.class_name}, and a spec can express it only with"
        ctx.error("removed-class", f'{message} padding "valid" and channels last')
    size, strides = (
        _sizes(unwrap_value(config.get(key, 1)), rank) for key in ("kernel_size", "strides")
    )

    def complete(shape: Shape) -> SpecObject | None:
        spatial = shape[1:-1]
        if len(spatial) != rank or any(n is None for n in spatial):
            return None
        count = [
            (int(n or 0) - k) // s + 1 for n, k, s in zip(spatial, size, strides, strict=False)
        ]
        return _patches(found, count, (size, strides), where, ctx)

    ctx.pending.append(PendingLayer(ctx.path_to(name), where, complete, True))
    return _patches(found, [1] * rank, (size, strides), where, ctx)


def _patches(
    found: ConfigObject,
    count: Sequence[int],
    window: tuple[list[int], list[int]],
    where: str,
    ctx: ImportContext,
) -> SpecObject:
    size, strides = window
    patches = {"ops.image.extract_patches": {"size": size, "strides": strides}}
    dense = {"EinsumDense": _einsum_dense(found, count, where, ctx)}
    if len(count) == 2:
        kind, body = _chain({"patches": patches, "dense": dense})
    else:
        wide, narrow = {"ops.expand_dims": {"axis": 2}}, {"ops.squeeze": {"axis": 2}}
        kind, body = _chain({"wide": wide, "patches": patches, "narrow": narrow, "dense": dense})
    return kind, body if found.config.get("trainable", True) else {"trainable": False, **body}


def _chain(layers: dict[str, Any]) -> SpecObject:
    """A nested model of layers one after the other."""
    edge = " -> ".join(["x", *layers])
    return "Functional", {
        "inputs": {"x": {}},
        "layers": layers,
        "edges": [edge],
        "outputs": [*layers][-1],
    }


def _sizes(value: Any, rank: int) -> list[int]:
    sizes = list(value) if isinstance(value, list) else [value] * rank
    return [*sizes, 1][:2]


_COPIED_ARGUMENTS = (
    "activation",
    "kernel_initializer",
    "bias_initializer",
    "kernel_regularizer",
    "bias_regularizer",
    "activity_regularizer",
    "kernel_constraint",
    "bias_constraint",
    "dtype",
)


def _einsum_dense(
    found: ConfigObject, count: Sequence[int], where: str, ctx: ImportContext
) -> dict[str, Any]:
    known = class_schema("layer", "EinsumDense")
    assert known is not None
    places = "hw" if len(count) == 2 else "t"
    config = {key: found.config[key] for key in _COPIED_ARGUMENTS if key in found.config}
    config["equation"] = f"b{places}k,{places}kf->b{places}f"
    config["output_shape"] = [*count, found.config.get("filters")]
    if found.config.get("use_bias", True):
        config["bias_axes"] = f"{places}f"
    return convert_arguments(known, found._replace(config=config), where, ctx)


Replacement = Callable[[ConfigObject, str, str, ImportContext], SpecObject | None]

REPLACEMENTS: dict[str, Replacement] = {
    "Activation": _activation,
    "Cropping1D": _cropping,
    "Cropping2D": _cropping,
    "Cropping3D": _cropping,
    "LocallyConnected1D": partial(_locally_connected, 1),
    "LocallyConnected2D": partial(_locally_connected, 2),
}
"""Class of Keras 2 to what makes a layer of Keras 3 of it; None where it stays as it is."""


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
            message = f"{item.where}: its weights depend on the size of its input, which is unknown"
            ctx.error("no-shape", message, "save the model with inputs of a fixed size")


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
