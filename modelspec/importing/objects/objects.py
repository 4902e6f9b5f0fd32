"""Objects of a config as a spec names them: a class, and the arguments that say something."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from modelspec.schema import ClassSchema, class_schema, refused

from .context import ImportContext
from .defaults import argument_type, drop_defaults
from .old_classes import REMOVED_LAYERS, RENAMED_CLASSES, simplify_initializer, simplify_regularizer
from .serialized import (
    ConfigObject,
    is_plain_data,
    is_serialized,
    parse_object,
    shorten_float,
    unwrap_value,
)
from .upgrade import is_ignored, upgrade_arguments


def spec_value(name: str, args: Mapping[str, Any]) -> Any:
    """An object in a spec: its name, or a mapping from its name to its arguments."""
    return {name: dict(args)} if args else name


def convert_value(kind: str, value: Any, where: str, ctx: ImportContext) -> Any:
    """The value of an argument that takes a Keras object.

    Args:
        kind: what the argument takes: "initializer", "layer" ...
        value: None, a name, an object as Keras writes it, a list of these, or plain data.
        where: what messages call the place.
        ctx: takes what cannot be said.
    """
    if isinstance(value, list):
        return [convert_value(kind, item, where, ctx) for item in value]
    if not is_serialized(value):
        if isinstance(value, str):
            return _name(kind, value, where, ctx)
        return unwrap_value(value)
    found = parse_object(value)
    policy = found.class_name in ("DTypePolicy", "Policy", "PolicyV1")
    if kind == "dtype_policy" and policy and not found.package:
        return found.config.get("name")
    if kind == "layer":
        return ctx.inner_layer(value, where, ctx)
    return convert_object(kind, found, where, ctx)


def convert_object(kind: str, found: ConfigObject, where: str, ctx: ImportContext) -> Any:
    """One object that is no layer."""
    known = find_schema(kind, found, where, ctx)
    if known is None:
        return None
    if found.is_function:
        return found.class_name
    args = convert_arguments(known, found, where, ctx)
    name = known.name
    if ctx.generation == 2 and kind == "initializer":
        name, args = simplify_initializer(name, args)
    if ctx.generation == 2 and kind == "regularizer":
        usual = simplify_regularizer(name, args)
        if usual is None:
            return None
        name, args = usual
    return spec_value(name, args)


def _name(kind: str, name: str, where: str, ctx: ImportContext) -> str:
    """A name such as `relu`, as it is where Keras 3 knows it."""
    short = name.rpartition(">")[2] if name.lower().startswith("keras>") else name
    if kind != "dtype_policy":
        find_schema(kind, ConfigObject(short, {}, is_function=True), where, ctx)
    return short


def find_schema(
    kind: str, found: ConfigObject, where: str, ctx: ImportContext
) -> ClassSchema | None:
    """What the schemas know of a class; None with a finding where a spec cannot name it."""
    name = RENAMED_CLASSES.get(found.class_name, found.class_name)
    if found.package:
        message = f"{where}: {found.class_name} is of the package {found.package}, not of Keras"
        hint = f"register it in an extension and write `{found.package}>{found.class_name}`"
        ctx.error("foreign-class", message, hint)
        return None
    if found.class_name in ("__lambda__", "Lambda"):
        ctx.error("python-code", f"{where} holds Python code, which is never run", _CODE_HINT)
        return None
    known = class_schema(kind, name)
    if known is None:
        _report_unknown(kind, name, where, ctx)
    return known


_CODE_HINT = "write what it does as a layer of your own, registered in an extension, or with `ops.`"


def _report_unknown(kind: str, name: str, where: str, ctx: ImportContext) -> None:
    what = kind.replace("_", " ")
    reason = refused(kind, name)
    if reason is not None:
        ctx.error("unsayable", f"{where}: a spec cannot say {name}: {reason}")
    elif kind == "layer" and name in REMOVED_LAYERS:
        ctx.error("removed-class", f"{where}: Keras 3 has no {name}", REMOVED_LAYERS[name])
    else:
        message = f"{where}: Keras has no {what} `{name}`"
        hint = "it is of another package or of the author's own: register it in an extension"
        ctx.error("unknown-class", message, hint)


def convert_arguments(
    known: ClassSchema, found: ConfigObject, where: str, ctx: ImportContext, rank: int | None = None
) -> dict[str, Any]:
    """The arguments of one object as a spec writes them, without those that say nothing."""
    config: Mapping[str, Any] = found.config
    if ctx.generation == 2:
        config = upgrade_arguments(known.name, found.class_name, config, rank)
    args: dict[str, Any] = {}
    for key, value in config.items():
        if key not in known.properties:
            if not is_ignored(key, value):
                message = f"{where}: {known.name} has no argument `{key}` that a spec could say"
                message += f" (the file gives {_shown(value)})"
                ctx.error("unknown-argument", message, _HINTS.get(key, ""))
            continue
        args[key] = convert_argument(known, key, value, where, ctx)
    return drop_defaults(known, args)


def convert_argument(
    known: ClassSchema, key: str, value: Any, where: str, ctx: ImportContext
) -> Any:
    """One argument's value as a spec writes it."""
    kind = known.kind_of(key)
    if kind is not None:
        return convert_value(kind, value, where, ctx)
    value = unwrap_value(value)
    if not is_plain_data(value):
        if is_serialized(value) and parse_object(value).class_name == "__lambda__":
            message = f"{where}: `{key}` is Python code, which is never run"
            ctx.error("python-code", message, _CODE_HINT)
        else:
            ctx.error(
                "unsayable-argument", f"{where}: `{key}` takes plain data, and has {_shown(value)}"
            )
        return None
    if ctx.generation == 2 and argument_type(known, key) != "number_array":
        return shorten_float(value)
    return value


_HINTS = {"quantization_config": "import the model as it was before, and quantize when exporting"}


def _shown(value: Any) -> str:
    if is_serialized(value):
        return str(value["class_name"])
    text = repr(value)
    return text if len(text) <= 60 else text[:59] + "…"
