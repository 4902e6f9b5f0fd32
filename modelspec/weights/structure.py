"""Weights by order, for a file without names: only where each class and shape is the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from .matching import has_content
from .report import Fate, LayerFate, LoadingReport, TensorFate, Why
from .trees import FileLayer, ModelLayer, shapes_text


class StructureError(Exception):
    """The file is for another model; the text says where they part."""


class _Pair(NamedTuple):
    layer: ModelLayer
    saved: FileLayer | None  # None where the order is known once the model is built


def match_by_structure(
    layers: Sequence[ModelLayer], saved: Sequence[FileLayer], source: str, *, is_ordered: bool
) -> LoadingReport:
    """What becomes of each layer: all are loaded.

    Args:
        layers: of the whole model.
        saved: of the file.
        source: the file, as the spec writes it.
        is_ordered: whether `layers` are in the order in which Keras saves them.

    Raises:
        StructureError: the file is for another model.
    """
    fates = []
    for layer, found in _pairs(layers, saved, is_ordered=is_ordered):
        if not has_content(layer) or (layer.learned and not layer.tensors):
            continue
        tensors = tuple(
            TensorFate(f"{layer.path}/{tensor.name}", tensor.shape, tensor.shape)
            for tensor in (layer.tensors or {}).values()
        )
        fate = Fate.UNKNOWN if found is None else Fate.LOADED
        fates.append(LayerFate(layer, fate, tensors, found, Why.NONE, source))
    return LoadingReport(tuple(fates))


def _pairs(
    layers: Sequence[ModelLayer], saved: Sequence[FileLayer], *, is_ordered: bool
) -> list[_Pair]:
    pairs: list[_Pair] = []
    for key in dict.fromkeys([*(layer.key for layer in layers), *(one.key for one in saved)]):
        ours = [layer for layer in layers if layer.key == key]
        theirs = [one for one in saved if one.key == key]
        if not any(has_content(layer) or layer.inner for layer in ours) and not any(
            one.tensors for one in theirs
        ):
            continue
        if len(ours) != len(theirs):
            count = f"the file has {len(theirs)} layers `{key}`, and the model {len(ours)}"
            raise StructureError(count)
        if is_ordered or len(ours) == 1:
            for layer, found in zip(ours, theirs, strict=True):
                pairs += _pair(layer, found)
        else:
            _compare_unordered(key, ours, theirs)
            pairs += [_Pair(layer, None) for layer in ours]
    return pairs


def _pair(layer: ModelLayer, found: FileLayer) -> list[_Pair]:
    if layer.inner or found.inner:
        if bool(layer.inner) != bool(found.inner) and layer.tensors is not None:
            raise StructureError(f'"{layer.path}" is a model in one of them alone')
        ordered = layer.layer is not None or layer.class_name == "Sequential"
        return _pairs(layer.inner, found.inner, is_ordered=ordered)
    if layer.tensors is None:
        return [_Pair(layer, None)]
    ours = {at: tensor.shape for at, tensor in layer.tensors.items()}
    theirs = {at: tensor.shape for at, tensor in found.tensors.items()}
    if ours != theirs:
        raise StructureError(
            f'"{layer.path}" has {shapes_text(ours.values()) or "no weights"} in the model, and '
            f"{shapes_text(theirs.values()) or 'none'} in the file"
        )
    return [_Pair(layer, found)]


def _compare_unordered(key: str, ours: Sequence[ModelLayer], theirs: Sequence[FileLayer]) -> None:
    if any(layer.tensors is None or layer.inner for layer in ours):
        return
    model = sorted(str(sorted(t.shape for t in (one.tensors or {}).values())) for one in ours)
    file = sorted(str(sorted(t.shape for t in one.tensors.values())) for one in theirs)
    if model != file:
        raise StructureError(f"the layers `{key}` have other shapes in the file")
