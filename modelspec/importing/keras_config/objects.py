"""Objects of a config as a spec writes them: a class, and the arguments that are not defaults."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from modelspec.importing.keras2 import (
    REMOVED_LAYERS,
    RENAMED_CLASSES,
    is_ignored,
    simplify_initializer,
    simplify_regularizer,
    upgrade_arguments,
)
from modelspec.schema import ClassSchema, class_schema, refused

from .context import ImportContext
from .serialized import (
    ConfigObject,
    is_plain_data,
    is_serialized,
    parse_object,
    shorten_float,
    unwrap_value,
)


def spec_value(name: str, args: Mapping[str, Any]) -> Any:
    """An object in a spec: its name, or a mapping from its name to its arguments."""
    return {name: dict(args)} if args else name


def convert_value(kind: str, value: Any, where: str, ctx: ImportContext) -> Any:
    """The value of an argument that takes a Keras object.

    Args:
        kind: what the argument takes: "initializer", "layer" ...
        value: None, a name, an object as Keras writes it, a list of these, or plain data.
        where: what messages call the place.
        ctx: takes what a spec cannot express.
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
    """Convert one object other than a layer."""
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
        ctx.error("python-code", f"{where} contains Python code, which is never run", _CODE_HINT)
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
        ctx.error("unsayable", f"{where}: a spec cannot express {name}: {reason}")
    elif kind == "layer" and name in REMOVED_LAYERS:
        ctx.error("removed-class", f"{where}: Keras 3 has no {name}", REMOVED_LAYERS[name])
    else:
        message = f"{where}: Keras has no {what} `{name}`"
        hint = "it is of another package or of the author's own: register it in an extension"
        ctx.error("unknown-class", message, hint)


def convert_arguments(
    known: ClassSchema, found: ConfigObject, where: str, ctx: ImportContext, rank: int | None = None
) -> dict[str, Any]:
    """The arguments of one object as a spec writes them, without defaults."""
    config: Mapping[str, Any] = found.config
    if ctx.generation == 2:
        config = upgrade_arguments(known.name, found.class_name, config, rank)
    args: dict[str, Any] = {}
    for key, value in config.items():
        if key not in known.properties:
            if not is_ignored(key, value):
                message = f"{where}: {known.name} has no argument `{key}` that a spec can express"
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
                "unsayable-argument",
                f"{where}: `{key}` takes plain data, but the file has {_shown(value)}",
            )
        return None
    if argument_type(known, key) in _BOOLEANS and value in (0, 1):
        return bool(value)  # Keras saves a number that was given for a boolean as it is
    if ctx.generation == 2 and argument_type(known, key) != "number_array":
        return shorten_float(value)
    return value


_BOOLEANS = ("boolean", "boolean_or_null")

_HINTS = {"quantization_config": "import the model as it was before, and quantize when exporting"}


def _shown(value: Any) -> str:
    if is_serialized(value):
        return str(value["class_name"])
    text = repr(value)
    return text if len(text) <= 60 else text[:59] + "…"


SAME_AS_NULL: dict[str, Any] = {
    "activation": "linear",
    "data_format": "channels_last",
    "dtype": "float32",
}
"""Arguments whose default is null, and what Keras makes of null."""

SAME_AS_OTHER: dict[str, str] = {"strides": "pool_size", "value_dim": "key_dim"}
"""Arguments whose null means the value of another argument."""


def drop_defaults(known: ClassSchema, args: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments that differ from their defaults, in Keras's order, each in its shortest form.

    Args:
        known: the class.
        args: all arguments as values of a spec; objects are names or one-key mappings.
    """
    short = {key: collapse_axes(known, key, value) for key, value in args.items()}
    return {
        key: short[key]
        for key in known.properties
        if key in short and not _is_default(known, key, short)
    }


def _is_default(known: ClassSchema, key: str, args: Mapping[str, Any]) -> bool:
    schema, value = known.properties[key], args[key]
    if "default" not in schema:
        return False
    default = collapse_axes(known, key, schema["default"])
    kind = known.kind_of(key)
    if _same(kind, value, default):
        return True
    if default is not None:
        return False
    if key in SAME_AS_OTHER and bool(value == args.get(SAME_AS_OTHER[key], value is None)):
        return True
    if key == "dtype" and known.file == "ops.json":  # null is the dtype of the operand there
        return False
    return key in SAME_AS_NULL and _same(kind, value, SAME_AS_NULL[key])


def _same(kind: str | None, one: Any, other: Any) -> bool:
    if kind is None or one is None or other is None:
        return bool(one == other) and (one is None) == (other is None)
    return bool(_canonical(kind, one) == _canonical(kind, other))


def _canonical(kind: str, value: Any) -> Any:
    """A Keras object as its class and arguments, so that `zeros` is `Zeros` is `{Zeros: {}}`."""
    if isinstance(value, str):
        name, args = value, {}
    elif isinstance(value, Mapping) and len(value) == 1:
        name, given = next(iter(value.items()))
        args = dict(given or {})
    else:
        return value
    known = class_schema(kind, name)
    if known is None:
        return name, args
    return known.name, drop_defaults(known, args)


def argument_type(known: ClassSchema, key: str) -> str:
    """The name of an argument's type in the schemas, such as `window_2`."""
    reference: str = known.properties[key].get("$ref", "")
    return reference.rpartition("/")[2]


def collapse_axes(known: ClassSchema, key: str, value: Any) -> Any:
    """`[3, 3]` as 3, where an argument takes one number for all axes."""
    kind = argument_type(known, key) if key in known.properties else ""
    if not isinstance(value, (list, tuple)):
        return value
    if "parameters" in known.call:  # functions of keras.ops do not expand a single number
        return list(value)
    if kind.startswith("padding_amount"):
        return _amounts(list(value))
    if kind.startswith(("window_", "output_padding")) and kind != "window_n":
        return value[0] if value and all(item == value[0] for item in value) else list(value)
    return list(value)


def _amounts(value: list[Any]) -> Any:
    """`[[1, 1], [1, 1]]` and `[1, 1]` as 1, `[[1, 1], [2, 2]]` as `[1, 2]`."""
    if value and all(isinstance(item, int) and item == value[0] for item in value):
        return value[0]
    if any(not isinstance(pair, (list, tuple)) or len(pair) != 2 for pair in value):
        return value
    if any(before != after for before, after in value):
        return [list(pair) for pair in value]
    sizes = [before for before, _ in value]
    return sizes[0] if all(size == sizes[0] for size in sizes) else sizes
