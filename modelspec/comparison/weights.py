"""Whether each tensor of the old model still fits the new one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from modelspec.layers.rule import Weight

from .matching import Matching
from .nodes import Node


class Fit(StrEnum):
    """What becomes of a tensor."""

    FITS = "fits"
    OTHER_SHAPE = "other shape"
    NEW = "new"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class TensorFit:
    """A tensor of a layer.

    Attributes:
        fit: whether the old values can be loaded.
        layer: the layer now; of a tensor that is gone, the layer before.
        old_layer: what the layer was called before, where that is another name.
        name: of the tensor within the layer.
        old_shape: None for a new one.
        new_shape: None for one that is gone.
    """

    fit: Fit
    layer: str
    old_layer: str | None
    name: str
    old_shape: tuple[int, ...] | None
    new_shape: tuple[int, ...] | None


def tensor_fits(matching: Matching, prefix: str = "") -> Iterator[TensorFit]:
    """Every tensor of both models; none of layers whose weights are not known."""
    for node in matching.old.values():
        if node.inside is None and node.name not in matching.to_new:
            for weight in _weights(node):
                yield TensorFit(Fit.GONE, prefix + node.name, None, weight.name, weight.shape, None)
    for node in matching.new.values():
        if node.inside is not None and _pair_of_models(matching, node):
            continue  # its layers are compared one by one
        old_name = matching.to_old.get(node.name)
        old = None if old_name is None else matching.old[old_name]
        yield from _of_layer(old, node, prefix)


def _pair_of_models(matching: Matching, node: Node) -> bool:
    old = matching.to_old.get(node.name)
    return old is not None and matching.old[old].inside is not None


def _of_layer(old: Node | None, new: Node, prefix: str) -> Iterator[TensorFit]:
    before = {} if old is None else _by_name(old)
    name = prefix + new.name
    other = None if old is None or old.name == new.name else prefix + old.name
    for key, weight in _by_name(new).items():
        was = before.pop(key, None)
        if was is None:
            yield TensorFit(Fit.NEW, name, other, weight.name, None, weight.shape)
        else:
            fit = Fit.FITS if was.shape == weight.shape else Fit.OTHER_SHAPE
            yield TensorFit(fit, name, other, weight.name, was.shape, weight.shape)
    for weight in before.values():
        yield TensorFit(Fit.GONE, name, other, weight.name, weight.shape, None)


def _by_name(node: Node) -> dict[tuple[str, int], Weight]:
    """A layer may have several weights of one name: these are counted."""
    found: dict[tuple[str, int], Weight] = {}
    counts: dict[str, int] = {}
    for weight in _weights(node):
        number = counts.get(weight.name, 0)
        counts[weight.name] = number + 1
        found[weight.name, number] = weight
    return found


def _weights(node: Node) -> tuple[Weight, ...]:
    return () if node.facts is None else node.facts.weights or ()
