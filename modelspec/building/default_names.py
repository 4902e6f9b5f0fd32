"""Names for what a spec gives none, so that the same spec builds the same model every time.

Keras counts such names through the whole process: a second build would have others.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from modelspec.spec.model import KerasObject, ModelNames


def name_inner_layers(args: Mapping[str, Any]) -> dict[int, str]:
    """The name of each layer in a layer's arguments, by the `id` of the layer.

    One without a `name` gets that of its class: `lstm_cell`, `lstm_cell_1` ...
    """
    names, layers = ModelNames(), list(_layers(args.values()))
    found: dict[int, str] = {}
    for layer in layers:
        written = layer.args.get("name")
        if isinstance(written, str):
            names.add(written)
            found[id(layer)] = written
    for layer in layers:
        if id(layer) not in found:
            found[id(layer)] = names.default_name(layer.class_name)
    return found


def _layers(values: Iterable[Any]) -> Iterable[KerasObject]:
    for value in values:
        if isinstance(value, KerasObject):
            if value.kind == "layer":
                yield value
        elif isinstance(value, list):
            yield from _layers(value)
        elif isinstance(value, Mapping):
            yield from _layers(value.values())


def name_mask_nodes(model: Any, known: Iterable[str]) -> None:
    """Name the op nodes that Keras put into a functional model by itself, for masks.

    Args:
        model: the model.
        known: the names that the spec gives.
    """
    written, names = set(known), ModelNames()
    for name in written:
        names.add(name)
    made = [operation for operation in model.operations if operation.name not in written]
    for operation in sorted(made, key=lambda operation: _count(operation.name)):
        operation.name = names.default_name(type(operation).__name__)


def _count(name: str) -> int:
    """The number that Keras put behind a name: nodes are numbered as they are made."""
    found = re.search(r"_(\d+)$", name)
    return int(found.group(1)) if found else 0
