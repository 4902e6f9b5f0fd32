"""A Sequential config as the `sequential` section of a spec."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from modelspec.importing.keras_config import (
    ImportContext,
    LayerNames,
    is_model,
    names_to_write,
    spec_value,
    unwrap_value,
)

from .layers import convert_input, convert_layer, find_batch_shape, is_shape, make_input

INPUT_NAME = "input_layer"
"""The default name in a spec of a Sequential model's input."""


def convert_sequential(raw: dict[str, Any], ctx: ImportContext, *, nested: bool) -> dict[str, Any]:
    """`input` and `layers` of one Sequential model.

    Args:
        raw: the model as the config has it; its own `config` may be a bare list of layers.
        ctx: takes what a spec cannot express.
        nested: whether the model is inside another, which then determines its shape.
    """
    config = raw["config"]
    layers = [item for item in _layers(config) if isinstance(item, dict)]
    first = layers[0] if layers and layers[0].get("class_name") == "InputLayer" else None
    body: dict[str, Any] = {}
    if first is not None:
        layers = layers[1:]
        body["input"] = _named_input(first, ctx)
    elif not nested:
        found = _shape_from_elsewhere(raw, layers)
        first_layer = layers[0].get("config") if layers else None
        dtype = first_layer.get("dtype") if isinstance(first_layer, dict) else None
        body["input"] = make_input(
            found, {"dtype": dtype} if dtype == "string" else {}, "the Sequential model", ctx
        )
    before = ctx.findings.error_count
    body["layers"] = _convert_layers(layers, body, ctx)
    if not body["layers"] and ctx.findings.error_count == before:
        ctx.error("not-a-model", "the Sequential model has no layers")
    return body


def _layers(config: Any) -> Sequence[Any]:
    """Keras 2.0 and 2.1 stored the list of layers as the whole config."""
    found = config if isinstance(config, list) else config.get("layers")
    return found if isinstance(found, list) else []


def _named_input(raw: dict[str, Any], ctx: ImportContext) -> dict[str, Any]:
    name = _name(raw)
    value = convert_input(raw, name, ctx)
    return (
        {"name": LayerNames([name]).new[name], **value} if name not in ("", INPUT_NAME) else value
    )


def _name(raw: Mapping[str, Any]) -> str:
    config = raw.get("config")
    name = config.get("name") if isinstance(config, dict) else None
    return str(name or raw.get("name") or "")


def _shape_from_elsewhere(raw: Mapping[str, Any], layers: Sequence[dict[str, Any]]) -> Any:
    """The shape without an input layer: that of the first layer, or that of the build."""
    config = raw["config"]
    inner: Any = {"config": config} if isinstance(config, list) else raw
    while layers:
        first = layers[0].get("config")
        if isinstance(first, dict):
            shape = find_batch_shape(first)
            if shape is not None:
                return shape
        if not is_model(layers[0]):
            break
        layers = [item for item in _layers(layers[0]["config"]) if isinstance(item, dict)]
    if isinstance(config, dict) and is_shape(unwrap_value(config.get("build_input_shape"))):
        return unwrap_value(config["build_input_shape"])
    build = inner.get("build_config")
    return unwrap_value(build.get("input_shape")) if isinstance(build, dict) else None


def _convert_layers(
    layers: Sequence[dict[str, Any]], body: Mapping[str, Any], ctx: ImportContext
) -> list[Any]:
    """The layers, each with its name unless it would get the same name by default."""
    old = [_name(raw) or f"layer_{index}" for index, raw in enumerate(layers)]
    for raw, name in zip(layers, old, strict=True):
        if not isinstance(raw.get("class_name"), str):
            ctx.error(
                "not-a-model", f'the Sequential model has an entry "{name}" that is not a layer'
            )
            return []
    names = LayerNames(old)
    path = tuple(ctx.models[1:])
    for name, new in names.changed.items():
        ctx.renamed[(*path, name)] = new
    values = []
    for raw, name in zip(layers, old, strict=True):
        ctx.record_location(raw, name)
        if is_model(raw):
            values.append(ctx.nested_model(raw, name, ctx))
        else:
            values.append(convert_layer(raw, name, ctx))
    entry = str(dict(body.get("input", {})).get("name", INPUT_NAME)) if "input" in body else None
    wanted = [names.new[name] for name in old]
    needed = names_to_write([name for name, _ in values], wanted, entry)
    return [
        _entry(class_name, {**args, "name": name} if name in needed else args, ctx)
        for (class_name, args), name in zip(values, wanted, strict=True)
    ]


def _entry(class_name: str, args: dict[str, Any], ctx: ImportContext) -> Any:
    if class_name in ("Sequential", "Functional") and "name" in args:
        args = {"name": args["name"], **{k: v for k, v in args.items() if k != "name"}}
    return spec_value(class_name, args)
