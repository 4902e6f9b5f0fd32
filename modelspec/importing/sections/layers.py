"""One layer or input of a config as a spec writes it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from modelspec.importing.keras2 import REPLACEMENTS
from modelspec.importing.keras_config import (
    ImportContext,
    convert_arguments,
    find_schema,
    is_model,
    is_serialized,
    legal_name,
    names_to_write,
    parse_object,
    spec_value,
    unwrap_value,
)
from modelspec.schema import ClassSchema
from modelspec.spec.model import snake_case

_WEIGHTLESS = frozenset(
    f"layers/{family}.json"
    for family in ("activations", "pooling", "merging", "reshaping", "regularization")
)
"""Families without weights: Keras 2 wrote whether they are trainable when a model was frozen."""


def convert_layer(raw: dict[str, Any], name: str, ctx: ImportContext) -> tuple[str, dict[str, Any]]:
    """The class and the arguments of one layer, without its name.

    Args:
        raw: the layer as the config has it.
        name: the layer's name, for messages.
        ctx: takes what a spec cannot express; the result is then meaningless.
    """
    found = parse_object(raw)
    where = ctx.describe(name, found.class_name)
    if ctx.generation == 2 and found.class_name in REPLACEMENTS and not found.package:
        replaced = REPLACEMENTS[found.class_name](found, name, where, ctx)
        if replaced is not None:
            return replaced
    known = find_schema("layer", found, where, ctx)
    if known is None:
        return found.class_name, {}
    config = {key: value for key, value in found.config.items() if key != "name"}
    adjust = _ADJUSTMENTS.get(known.name)
    if adjust is not None:
        config = adjust(config, raw, ctx)
    _note_slope(config, where, ctx)
    found = found._replace(config=config)
    args = convert_arguments(known, found, where, ctx, _built_rank(raw, "input_shape"))
    args = _drop_default_names(known, args)
    if ctx.generation == 2 and known.name != "PReLU" and known.file in _WEIGHTLESS:
        args.pop("trainable", None)
    return known.name, args


def convert_inner_layer(raw: dict[str, Any], where: str, ctx: ImportContext) -> Any:
    """A layer in an argument of another, with its name unless Keras chose it."""
    name = parse_object(raw).config.get("name")
    if is_model(raw):
        class_name, args = ctx.nested_model(raw, str(name or where), ctx)
        return {class_name: {"name": legal_name(str(name)), **args} if name else args}
    class_name, args = convert_layer(raw, str(name or where), ctx)
    if isinstance(name, str) and not (ctx.generation == 2 and _is_default_name(name, class_name)):
        args = {**args, "name": legal_name(name)}
    return spec_value(class_name, args)


def _is_default_name(name: str, class_name: str) -> bool:
    """Whether a layer inside another has a name that Keras chose. Weights do not depend on it."""
    stem = re.escape(snake_case(class_name))
    return re.fullmatch(rf"(forward_|backward_)?{stem}(_\d+)?", name) is not None


def _drop_default_names(known: ClassSchema, args: dict[str, Any]) -> dict[str, Any]:
    """Take off the names of layers in arguments that they get when none is written."""
    keys = [key for key in args if known.kind_of(key) == "layer" and args[key] is not None]
    if not keys:
        return args
    flat = [item for key in keys for item in _items(args[key])]
    wanted = [str(_named(item)[1].get("name", f" {index}")) for index, item in enumerate(flat)]
    needed = names_to_write([_named(item)[0] for item in flat], wanted, None)

    def bare(item: Any) -> Any:
        class_name, inner = _named(item)
        if inner.get("name") in needed:
            return item
        return spec_value(class_name, {key: v for key, v in inner.items() if key != "name"})

    return {
        **args,
        **{k: list(map(bare, v)) if isinstance(v := args[k], list) else bare(v) for k in keys},
    }


def _items(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _named(item: Any) -> tuple[str, dict[str, Any]]:
    """The class and the arguments of a layer of a spec."""
    if isinstance(item, dict) and len(item) == 1:
        class_name, args = next(iter(item.items()))
        return class_name, dict(args)
    return str(item), {}


def _built_rank(raw: Mapping[str, Any], key: str) -> int | None:
    """How many axes the layer was built on, where the file records it."""
    build = raw.get("build_config")
    shape = build.get(key) if isinstance(build, dict) else None
    if not isinstance(shape, list) or not all(n is None or isinstance(n, int) for n in shape):
        return None
    return len(shape)


def _note_slope(config: Mapping[str, Any], where: str, ctx: ImportContext) -> None:
    names = (config.get("activation"), config.get("recurrent_activation"))
    if ctx.generation == 2 and "hard_sigmoid" in names:
        ctx.hard_sigmoids.append(where)


def _bidirectional(
    config: dict[str, Any], raw: Mapping[str, Any], ctx: ImportContext
) -> dict[str, Any]:
    """Keras 3 writes both directions out, though the second mostly follows from the first."""
    forward, backward = config.get("layer"), config.get("backward_layer")
    if not is_serialized(forward) or not isinstance(forward["config"], dict):
        return config
    forward = _one_way(forward, "forward_")
    out = {**config, "layer": forward}
    if is_serialized(backward) and isinstance(backward["config"], dict):
        backward = _one_way(backward, "backward_")
        if _signature(forward) == _signature(backward, flipped=True):
            del out["backward_layer"]
        else:
            out["backward_layer"] = {
                **backward,
                "config": {
                    **backward["config"],
                    "name": config["backward_layer"]["config"].get("name"),
                },
            }
    return out


def _one_way(raw: dict[str, Any], prefix: str) -> dict[str, Any]:
    config = dict(raw["config"])
    if isinstance(config.get("name"), str):
        config["name"] = config["name"].removeprefix(prefix)
    if config.get("zero_output_for_mask") == config.get("return_sequences"):
        config.pop("zero_output_for_mask", None)
    return {**raw, "config": config}


def _signature(raw: Mapping[str, Any], *, flipped: bool = False) -> Any:
    config = {**raw["config"]}
    backwards = bool(config.pop("go_backwards", False))
    return raw["class_name"], backwards is not flipped, _without_ids(config)


def _without_ids(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _without_ids(v) for k, v in value.items() if k != "shared_object_id"}
    return [_without_ids(item) for item in value] if isinstance(value, list) else value


def _attention(
    config: dict[str, Any], raw: Mapping[str, Any], ctx: ImportContext
) -> dict[str, Any]:
    """Once built, the layer writes its axes out: all between the batch and the features."""
    query = config.get("query_shape")
    rank = len(query) if isinstance(query, list) else _built_rank(raw, "query_shape")
    rank = rank or _built_rank(raw, "input_shape")
    if rank is not None and config.get("attention_axes") == list(range(1, rank - 1)):
        return {key: value for key, value in config.items() if key != "attention_axes"}
    return config


def _shear(config: dict[str, Any], raw: Mapping[str, Any], ctx: ImportContext) -> dict[str, Any]:
    """Keras writes a factor of 0.1 as [-0.1, 0.1], which it does not take back."""
    out = dict(config)
    for key in ("x_factor", "y_factor"):
        value = config.get(key)
        if isinstance(value, list) and len(value) == 2 and value[0] == -value[1]:
            out[key] = value[1]
    return out


def _discretization(
    config: dict[str, Any], raw: Mapping[str, Any], ctx: ImportContext
) -> dict[str, Any]:
    """Once it has learned, the layer writes both how many bins it was to find and their bounds."""
    if config.get("bin_boundaries") is None:
        return config
    return {key: value for key, value in config.items() if key != "num_bins"}


_ADJUSTMENTS: dict[
    str, Callable[[dict[str, Any], Mapping[str, Any], ImportContext], dict[str, Any]]
] = {
    "Bidirectional": _bidirectional,
    "Discretization": _discretization,
    "MultiHeadAttention": _attention,
    "RandomShear": _shear,
}
"""Class to what is done with its config before its arguments are read."""


def convert_input(raw: Mapping[str, Any], name: str, ctx: ImportContext) -> dict[str, Any]:
    """One input as a spec writes it: a `shape`, and what is not usual about it.

    Args:
        raw: an `InputLayer` of a config.
        name: its name, for messages.
        ctx: takes what a spec cannot express.
    """
    config = raw.get("config")
    config = config if isinstance(config, dict) else {}
    return make_input(find_batch_shape(config), config, f'input "{name}"', ctx)


def find_batch_shape(config: Mapping[str, Any]) -> Any:
    """The shape with the batch axis that a layer's config gives, or None."""
    for key in ("batch_shape", "batch_input_shape"):
        if config.get(key) is not None:
            return unwrap_value(config[key])
    shape = unwrap_value(config.get("input_shape"))
    return [None, *shape] if isinstance(shape, list) else None


def make_input(
    batch: Any, config: Mapping[str, Any], where: str, ctx: ImportContext
) -> dict[str, Any]:
    """An input from its shape with the batch axis, and the rest of its config."""
    if not is_shape(batch) or not batch:
        ctx.error("no-shape", f"{where}: the file has no shape for it with a known number of axes")
        return {"shape": []}
    out: dict[str, Any] = {"shape": batch[1:]}
    dtype = config.get("dtype")
    if is_serialized(dtype):
        dtype = parse_object(dtype).config.get("name")
    if isinstance(dtype, str) and dtype != "float32":
        out["dtype"] = dtype
    if batch[0] is not None:
        out["batch_size"] = batch[0]
    out.update({key: True for key in ("sparse", "ragged") if config.get(key)})
    if config.get("optional"):
        ctx.error("unsayable-argument", f"{where}: a spec has no optional inputs")
    return out


def is_shape(value: Any) -> bool:
    """Whether a value is a list of sizes, with None for those that are not known."""
    return isinstance(value, list) and all(
        n is None or (isinstance(n, int) and not isinstance(n, bool)) for n in value
    )
