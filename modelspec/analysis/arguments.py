"""A Keras object's class, its complete arguments, and the layers among them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from modelspec.schema import class_schema
from modelspec.spec.model import KerasObject


def keras_class(item: KerasObject) -> str:
    """Keras's own name of the class, aliases resolved: `mse` is MeanSquaredError.

    Returns:
        `ops.NAME` for an op, "" for a class that Keras does not have.
    """
    known = class_schema(item.kind, item.class_name)
    if known is None:
        return ""
    return f"ops.{known.name}" if item.class_name.startswith("ops.") else known.name


@cache
def defaults_of(kind: str, name: str) -> Mapping[str, Any]:
    """Argument to default of a class; None for an argument without a default."""
    known = class_schema(kind, name)
    if known is None:
        return {}
    return {key: schema.get("default") for key, schema in known.properties.items()}


def complete(item: KerasObject) -> dict[str, Any]:
    """The arguments of an object with Keras's defaults for those that the spec leaves out."""
    return {**defaults_of(item.kind, item.class_name), **item.args}


def layers_within(item: KerasObject) -> Iterator[KerasObject]:
    """A layer and the layers in its arguments, without nested models."""
    yield item
    for value in item.args.values():
        for inner in value if isinstance(value, list) else [value]:
            if isinstance(inner, KerasObject) and inner.kind == "layer" and inner.model is None:
                yield from layers_within(inner)
