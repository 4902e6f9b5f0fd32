"""One schema for each class of Keras, and for each activation function."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from .argument_types import type_of
from .calls import layer_call
from .inherited import HIDDEN, OMITTED
from .namespaces import INTERNAL_LAYERS, page_of
from .signatures import REQUIRED, Argument, class_arguments, function_arguments, plain

OBJECT_KINDS = frozenset(
    {
        "layer",
        "optional_layer",
        "layers",
        "cells",
        "initializer",
        "regularizer",
        "constraint",
        "activation",
        "optimizer",
        "optimizers_by_path",
        "optimizer_map",
        "learning_rate",
        "dtype_policy",
        "dtype_policies_by_path",
    }
)
"""Names of types that stand in `keras.json`; all others stand in `types.json`."""

ACTIVATION_LAYERS = {
    "elu": "ELU",
    "leaky_relu": "LeakyReLU",
    "relu": "ReLU",
    "softmax": "Softmax",
}
"""Layers that do what an activation function with arguments does. Keras saves a layer that
stands as an activation; a function bound to arguments it cannot save."""


def reference(page: str, type_name: str) -> dict[str, Any]:
    """The `$ref` from a page to a named type or an object kind."""
    up = "../" if "/" in page else ""
    file = "keras.json" if type_name in OBJECT_KINDS else "types.json"
    return {"$ref": f"{up}{file}#/$defs/{type_name}"}


def class_entries(
    kind: str, classes: dict[str, type], faults: list[str]
) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """The page, the name and the schema of each class of a kind."""
    for name, cls in classes.items():
        page = page_of(kind, cls)
        arguments = class_arguments(cls)
        arguments += [Argument(*item) for item in HIDDEN.get(name, {}).items()]
        entry = build_entry(page, name, arguments, faults)
        if kind == "layer":
            entry["x-call"] = layer_call(cls, faults)
            if name in INTERNAL_LAYERS:
                entry["x-module"] = INTERNAL_LAYERS[name]
        yield page, name, entry


def build_entry(
    page: str,
    name: str,
    arguments: Iterable[Argument],
    faults: list[str],
    omitted: dict[str, str] = OMITTED,
) -> dict[str, Any]:
    """The schema of one class or function without its call."""
    properties: dict[str, Any] = {}
    left_out: dict[str, str] = {}
    required: list[str] = []
    for argument in arguments:
        if argument.name in omitted:
            left_out[argument.name] = omitted[argument.name]
            continue
        type_name = type_of(page, name, argument.name)
        if type_name is None:
            faults.append(f"{page}: {name}({argument.name}) has no type in argument_types/")
            continue
        properties[argument.name] = _property(page, type_name, argument)
        if argument.default is REQUIRED:
            required.append(argument.name)
    entry: dict[str, Any] = {
        "title": name,
        "type": ["object", "null"],
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }
    if left_out:
        entry["x-omitted"] = left_out
    return entry


def _property(page: str, type_name: str, argument: Argument) -> dict[str, Any]:
    found = reference(page, type_name)
    if argument.default is REQUIRED:
        return found
    try:
        return {**found, "default": plain(argument.default)}
    except TypeError as fault:
        return {**found, "x-default-note": str(fault)}


def activation_entries(
    functions: dict[str, Callable[..., Any]], faults: list[str]
) -> dict[str, dict[str, Any]]:
    """Schemas of the activation functions; their first argument is the tensor."""
    entries = {}
    for name, function in functions.items():
        entry = build_entry("activations.json", name, function_arguments(function, 1), faults)
        entry["x-parameters"] = list(entry["properties"])
        if name in ACTIVATION_LAYERS:
            entry["x-layer"] = ACTIVATION_LAYERS[name]
        entries[name] = entry
    return entries
