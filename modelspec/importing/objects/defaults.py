"""Which arguments a spec can leave out, because Keras would fill in the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from modelspec.schema import ClassSchema, class_schema

SAME_AS_NULL: dict[str, Any] = {
    "activation": "linear",
    "data_format": "channels_last",
    "dtype": "float32",
}
"""Arguments whose default is null, and what Keras makes of null."""

SAME_AS_OTHER: dict[str, str] = {"strides": "pool_size", "value_dim": "key_dim"}
"""Arguments whose null means the value of another argument."""


def drop_defaults(known: ClassSchema, args: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments that say something, in Keras's order, each in its shortest form.

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
    if "parameters" in known.call:  # a function of keras.ops takes what it says and no less
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
