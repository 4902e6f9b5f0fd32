"""The forms in which Keras writes objects into its configs, told apart without running any code."""

from __future__ import annotations

import struct
from typing import Any, NamedTuple, TypeGuard

OWN_PACKAGES = frozenset(("keras", "tf_keras", "tensorflow", "builtins"))
"""Roots of `module` fields that are Keras itself. No module is ever imported for its name."""


class ConfigObject(NamedTuple):
    """One object of a config.

    Attributes:
        class_name: as written, without "keras>" before it.
        config: its arguments; for a function its name is in `class_name` and this is empty.
        package: the package that it comes from where that is not Keras.
        is_function: whether it is a Python function that is referred to by name.
        module: the module that the file names, or "".
    """

    class_name: str
    config: dict[str, Any]
    package: str = ""
    is_function: bool = False
    module: str = ""


def is_serialized(value: Any) -> TypeGuard[dict[str, Any]]:
    """Whether a value is an object of Keras's rather than a plain mapping."""
    return (
        isinstance(value, dict) and isinstance(value.get("class_name"), str) and "config" in value
    )


def parse_object(value: dict[str, Any]) -> ConfigObject:
    """One object, in the format of Keras 2 or 3."""
    name, config = value["class_name"], value["config"]
    module = value.get("module") or ""
    registered = value.get("registered_name") or ""
    prefix, _, short = name.rpartition(">")
    package = _package(module if isinstance(module, str) else "", str(registered), prefix)
    if name in ("function", "builtin_function_or_method") and isinstance(config, str):
        return ConfigObject(config, {}, package, True, str(module))
    return ConfigObject(
        short, config if isinstance(config, dict) else {}, package, False, str(module)
    )


def _package(module: str, registered: str, prefix: str) -> str:
    root = module.partition(".")[0]
    if root and root not in OWN_PACKAGES:
        return root
    for name in (prefix, registered.rpartition(">")[0]):
        if name and name.lower() not in ("keras", "tf_keras"):
            return name
    return ""


def unwrap_value(value: Any) -> Any:
    """A value with Keras's wrappings of tuples, arrays and text taken off."""
    if isinstance(value, list):
        return [unwrap_value(item) for item in value]
    if not isinstance(value, dict):
        return value
    name, config = value.get("class_name"), value.get("config")
    if name in ("__tensor__", "__numpy__", "__tuple__", "__bytes__") and isinstance(config, dict):
        return unwrap_value(config.get("value"))
    if name == "TensorShape" and "items" in value:
        return unwrap_value(value["items"])
    if name in ("__tuple__", "TypeSpec") and "items" in value:
        return unwrap_value(value["items"])
    if value.get("type") == "ndarray" and "value" in value:
        return unwrap_value(value["value"])
    return {key: unwrap_value(item) for key, item in value.items()}


def is_plain_data(value: Any) -> bool:
    """Whether a value holds no objects of Keras's."""
    if isinstance(value, list):
        return all(map(is_plain_data, value))
    if isinstance(value, dict):
        return not isinstance(value.get("class_name"), str) and all(
            map(is_plain_data, value.values())
        )
    return value is None or isinstance(value, (str, bool, int, float))


def shorten_float(value: Any) -> Any:
    """A number that went through float32, in the fewest digits that give the same float32.

    Keras 2 kept many arguments as float32: it writes 0.3 as 0.30000001192092896.
    """
    if not isinstance(value, float) or len(repr(value)) < 10:
        return value
    try:
        kept = struct.pack("f", value)
    except OverflowError:
        return value
    if struct.unpack("f", kept)[0] != value:
        return value
    for digits in range(1, 10):
        short = float(f"{value:.{digits}g}")
        if struct.pack("f", short) == kept:
            return short
    return value


_GRAPH = frozenset(("layers", "input_layers", "output_layers"))


def is_model(raw: Any) -> bool:
    """Whether a layer of a config is a nested model: Sequential, or with a graph of layers."""
    if not is_serialized(raw):
        return False
    config = raw["config"]
    if isinstance(config, list):
        return bool(raw["class_name"] == "Sequential")
    if not isinstance(config, dict) or not isinstance(config.get("layers"), list):
        return False
    return raw["class_name"] == "Sequential" or set(config) >= _GRAPH
