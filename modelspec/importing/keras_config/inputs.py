"""Inputs of models."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from modelspec.importing.objects import ImportContext, is_serialized, parse_object, unwrap_value


def convert_input(raw: Mapping[str, Any], name: str, ctx: ImportContext) -> dict[str, Any]:
    """One input as a spec writes it: a `shape`, and what is not usual about it.

    Args:
        raw: an `InputLayer` of a config.
        name: its name, for messages.
        ctx: takes what cannot be said.
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
        ctx.error("no-shape", f"{where}: the file gives it no shape with a known number of axes")
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
