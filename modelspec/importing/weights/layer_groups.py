"""Weights in a whole model's `.h5`: for each layer of the model a group with a list of arrays."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from modelspec.importing.safe_files import get_member, read_array

from .assign import SavedArray, WeightsReport, assign_weights
from .saved_layers import SavedLayer


def load_layer_groups(
    file: Any, layers: Sequence[SavedLayer], model: Any, report: WeightsReport
) -> None:
    """Put the weights of an open file into a model.

    Args:
        file: the file, or one that holds weights only.
        layers: the layers of the file's config.
        model: the built model.
        report: takes each layer that does not fit.
    """
    root = get_member(file, "model_weights") if "model_weights" in file else file
    built = {layer.name: layer for layer in model.layers}
    known = {layer.name: layer for layer in layers}
    given: set[str] = set()
    for name in _texts(root, "layer_names"):
        arrays = [SavedArray(path, _array(root, f"{name}/{path}")) for path in _names(root, name)]
        if not arrays:
            continue
        saved = known.get(name)
        target = built.get(saved.built) if saved is not None else None
        if saved is None or target is None:
            report.error(f'the file has weights of a layer "{name}", which the model lacks')
            continue
        given.add(target.name)
        assign_arrays(target, saved, arrays, report)
    for layer in model.layers:
        if layer.weights and layer.name not in given:
            report.error(f'the file has no weights of the layer "{layer.name}"')


def assign_arrays(
    layer: Any, saved: SavedLayer, arrays: Sequence[SavedArray], report: WeightsReport
) -> None:
    """A list of arrays to a layer; to the layers of a nested model by the names in it."""
    if saved.inner:
        parts = _by_leaf(layer, saved, arrays)
        if parts is not None:
            for inner, own in parts:
                assign_weights(inner, own, report)
            return
    assign_weights(layer, arrays, report)


def _by_leaf(
    model: Any, saved: SavedLayer, arrays: Sequence[SavedArray]
) -> list[tuple[Any, list[SavedArray]]] | None:
    """Arrays by the layer that their names mention; None where names do not tell.

    Layers of a nested model are not in the same order in every version of Keras.
    """
    leaves = dict(_leaves(model, saved.inner))
    if len(leaves) != sum(1 for _ in _leaves(model, saved.inner)):
        return None
    parts: dict[str, list[SavedArray]] = {name: [] for name in leaves}
    for array in arrays:
        mentioned = [name for name in leaves if f"/{name}/" in f"/{array.name}"]
        if len(mentioned) != 1:
            return None
        parts[mentioned[0]].append(array)
    if any(len(leaves[name].weights) != len(own) for name, own in parts.items()):
        return None
    return [(leaves[name], own) for name, own in parts.items() if own]


def _leaves(model: Any, layers: Sequence[SavedLayer]) -> Iterator[tuple[str, Any]]:
    """All layers at any depth that are not models, by their names in the file."""
    built = {layer.name: layer for layer in model.layers}
    for saved in layers:
        layer = built.get(saved.built)
        if layer is None:
            continue
        if saved.inner:
            yield from _leaves(layer, saved.inner)
        else:
            yield saved.name, layer


def _names(root: Any, layer: str) -> list[str]:
    return _texts(get_member(root, layer), "weight_names") if layer in root else []


def _texts(group: Any, name: str) -> list[str]:
    """A list of names in an attribute, which Keras splits where it is long."""
    attributes: Mapping[str, Any] = group.attrs
    if name in attributes:
        return [_text(item) for item in attributes[name]]
    found: list[str] = []
    for number in range(len(attributes)):
        if f"{name}{number}" not in attributes:
            break
        found += [_text(item) for item in attributes[f"{name}{number}"]]
    return found


def _text(value: Any) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _array(root: Any, path: str) -> Any:
    """One array of the file. Links are not followed.

    Raises:
        KeyError, ValueError: there is none, or its numbers are not in the file.
    """
    group = root
    for part in path.split("/"):
        group = get_member(group, part)
    return read_array(group)
