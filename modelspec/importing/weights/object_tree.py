"""Weights in a `.keras` file of Keras 2.12 to 2.15: a tree of the objects that hold them.

A model's layers are stored under `layers` (or an older name), each under its class in lower case
and a number; a layer's own variables under `vars`, other objects under the attribute's name.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from modelspec.framework import own_variables
from modelspec.importing.keras2 import convert_arrays
from modelspec.importing.safe_files import read_array
from modelspec.spec.model import snake_case

from .assign import SavedArray, WeightsReport, assign_weights, finalize_layer
from .saved_layers import SavedLayer

_CONTAINERS = ("layers", "_layer_checkpoint_dependencies", "_self_tracked_trackables")
Tree = dict[str, Any]


def load_object_tree(
    file: Any, layers: Sequence[SavedLayer], model: Any, report: WeightsReport
) -> None:
    """Put the weights of an open file into a model.

    Args:
        file: the open `model.weights.h5`.
        layers: the layers of the file's config.
        model: the built model.
        report: takes each layer that does not fit.
    """
    tree: Tree = {}

    def visit(path: str, item: Any) -> None:
        if hasattr(item, "shape"):
            *parents, last = path.replace("\\", "/").split("/")
            place = tree
            for part in parents:
                place = place.setdefault(part, {})
            place[last] = item

    file.visititems(visit)
    _load_model(tree, layers, model, report)


def _load_model(
    tree: Tree, layers: Sequence[SavedLayer], model: Any, report: WeightsReport
) -> None:
    container: Tree = next((tree[name] for name in _CONTAINERS if name in tree), {})
    built = {layer.name: layer for layer in model.layers}
    counts: dict[str, int] = {}
    for saved in layers:
        stem = snake_case(saved.class_name)
        count = counts.get(stem, 0)
        counts[stem] = count + 1
        key = f"{stem}_{count}" if count else stem
        layer = built.get(saved.built)
        if layer is None:
            continue
        found = container.get(key, {})
        if saved.inner:
            _load_model(found, saved.inner, layer, report)
        elif layer.weights or found:
            _load_layer(found, layer, f'"{saved.name}"', report)


def _load_layer(tree: Tree, layer: Any, where: str, report: WeightsReport) -> None:
    if hasattr(layer, "layers") and hasattr(layer, "get_layer"):  # one layer that became several
        assign_weights(layer, _variables(tree), report)
        return
    if not tree:
        report.error(f"the file has no weights of the layer {where}")
        return
    _load_object(tree, layer, where, report)
    finalize_layer(layer)


def _load_object(tree: Tree, target: Any, where: str, report: WeightsReport) -> None:
    """The variables of an object, and of all objects that it holds."""
    own = _variables(tree)
    if own:
        _set(own_variables(target), own, target, where, report)
    for name, part in tree.items():
        if name == "vars" or not isinstance(part, dict):
            continue
        inner = next(
            (
                getattr(target, n)
                for n in (name, name.lstrip("_"), f"_{name}")
                if hasattr(target, n)
            ),
            None,
        )
        if inner is None:
            report.error(f"the file has weights of `{name}` in {where}, which the layer lacks")
        elif isinstance(inner, (list, tuple)):
            _load_list(part, inner, where, report)
        else:
            _load_object(part, inner, where, report)


def _load_list(tree: Tree, items: Sequence[Any], where: str, report: WeightsReport) -> None:
    counts: dict[str, int] = {}
    for item in items:
        stem = snake_case(type(item).__name__)
        count = counts.get(stem, 0)
        counts[stem] = count + 1
        _load_object(tree.get(f"{stem}_{count}" if count else stem, {}), item, where, report)


def _variables(tree: Tree) -> list[SavedArray]:
    found = tree.get("vars", {})
    return [SavedArray(name, read_array(found[name])) for name in sorted(found, key=int)]


def _set(
    variables: Sequence[Any],
    arrays: Sequence[SavedArray],
    target: Any,
    where: str,
    report: WeightsReport,
) -> None:
    if len(variables) != len(arrays):
        report.error(f"{where} has {len(variables)} weights, but the file has {len(arrays)}")
        return
    values = [array.value for array in arrays]
    if hasattr(target, "trainable_weights") and len(target.weights) == len(values):
        values = convert_arrays(target, values, report.backend)
    for variable, value in zip(variables, values, strict=True):
        if tuple(variable.shape) != tuple(value.shape):
            ours, theirs = list(variable.shape), list(value.shape)
            report.error(f"{where} has a weight of shape {ours}, but the file has {theirs}")
            return
    for variable, value in zip(variables, values, strict=True):
        variable.assign(value)
