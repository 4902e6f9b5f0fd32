"""What rules ask of the layers in their arguments, and of tensors beyond a call's first."""

from __future__ import annotations

from typing import Any

from modelspec.schema import class_schema
from modelspec.spec.model import KerasObject

from .rule import Facts, Given, Mismatch, Structure


def argument_at(given: Given, position: int, name: str) -> Structure:
    """A tensor argument of the call after the first: by position or by name; None without it."""
    if len(given.inputs) > position:
        return given.inputs[position]
    return given.named.get(name)


def inside(given: Given, item: KerasObject, arg: str, *inputs: Structure) -> Facts:
    """The facts of a layer in an argument; what it does not take is said at that argument."""
    if given.apply is None:
        raise TypeError("the rule of a wrapper needs `apply`")
    try:
        return given.apply(item, *inputs)
    except Mismatch as mismatch:
        message = f"its {item.class_name}: {mismatch.message}"
        raise Mismatch(message, arg, mismatch.hint) from mismatch


def class_of(item: Any) -> str | None:
    """Keras's own name of the class of a layer in an argument; None for one of an extension."""
    if not isinstance(item, KerasObject) or item.model is not None:
        return None
    known = class_schema("layer", item.class_name)
    return None if known is None else known.name


def argument_of(item: KerasObject, name: str) -> Any:
    """An argument of a layer in an argument, filled from its schema."""
    if name in item.args:
        return item.args[name]
    known = class_schema("layer", item.class_name)
    return None if known is None else known.properties[name]["default"]
