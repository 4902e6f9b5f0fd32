"""Layers of a model in memory that stand in several of its models: a spec has copies of them."""

from __future__ import annotations

from typing import Any

from modelspec.diagnostics import join_words

SHARED_LAYER_HINT = "a spec shares a layer within one model; give it a model of its own"


def describe_shared_layers(model: Any) -> list[str]:
    """What to say of each layer that stands in more than one of the models inside a model.

    Keras's JSON does not tell that they are one layer; the objects in memory do.
    """
    places: dict[int, list[str]] = {}
    _walk(model, (), places)
    return [
        f"{join_words(found)} are one layer in the model, and copies of it in the spec"
        for found in places.values()
        if len(found) > 1
    ]


def _walk(model: Any, path: tuple[str, ...], places: dict[int, list[str]]) -> None:
    for layer in model.layers:
        within = (*path, str(layer.name))
        found = places.setdefault(id(layer), [])
        found.append("/".join(within))
        if len(found) == 1 and hasattr(layer, "layers") and hasattr(layer, "get_layer"):
            _walk(layer, within, places)
