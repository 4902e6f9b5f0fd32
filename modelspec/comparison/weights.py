"""Whether each tensor of the old model still fits the new one."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

from modelspec.analysis import LayerFacts
from modelspec.layers.rule import Weight
from modelspec.value_classes import value_class

from .matching import Matching
from .nodes import Node, Prefix


class Fit(StrEnum):
    """What becomes of a tensor."""

    FITS = "fits"
    OTHER_SHAPE = "other shape"
    NEW = "new"
    GONE = "gone"


@value_class
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


def tensor_fits(matching: Matching, prefix: Prefix) -> Iterator[TensorFit]:
    """Every tensor of both models but those of models in both, whose layers are compared one by
    one; none of layers whose weights are not known.

    Args:
        matching: of the models.
        prefix: of the names in each.
    """
    for node in matching.old.values():
        new = matching.to_new.get(node.name)
        if new is None or not _is_class_kept(node, matching.new[new]):
            yield from _gone(node, prefix)
    for node in matching.new.values():
        old_name = matching.to_old.get(node.name)
        old = None if old_name is None else matching.old[old_name]
        if old is None or not _is_class_kept(old, node):
            yield from _fresh(node, prefix)
        elif not has_pair_inside(old, node):
            yield from _of_layer(old, node, prefix)


def has_pair_inside(old: Node, new: Node) -> bool:
    """Whether two layers are models whose layers can be compared."""
    return old.inside is not None and new.inside is not None and _is_class_kept(old, new)


def _is_class_kept(old: Node, new: Node) -> bool:
    """Whether weights of one may be those of the other: nothing loads them into another class,
    and the kind of a nested model is none."""
    are_models = old.model is not None and new.model is not None
    return are_models or old.class_name == new.class_name


def _gone(node: Node, prefix: Prefix) -> Iterator[TensorFit]:
    for path, weight in _weights(node):
        yield TensorFit(Fit.GONE, prefix.old + path, None, weight.name, weight.shape, None)


def _fresh(node: Node, prefix: Prefix) -> Iterator[TensorFit]:
    for path, weight in _weights(node):
        yield TensorFit(Fit.NEW, prefix.new + path, None, weight.name, None, weight.shape)


def _of_layer(old: Node, new: Node, prefix: Prefix) -> Iterator[TensorFit]:
    before = _by_name(old)
    name, other = prefix.new + new.name, prefix.old + old.name
    was_called = None if other == name else other
    for key, weight in _by_name(new).items():
        was = before.pop(key, None)
        if was is None:
            yield TensorFit(Fit.NEW, name, was_called, weight.name, None, weight.shape)
        else:
            fit = Fit.FITS if was.shape == weight.shape else Fit.OTHER_SHAPE
            yield TensorFit(fit, name, was_called, weight.name, was.shape, weight.shape)
    for weight in before.values():
        yield TensorFit(Fit.GONE, name, was_called, weight.name, weight.shape, None)


def _by_name(node: Node) -> dict[tuple[str, int], Weight]:
    """A layer may have several weights of one name: these are counted."""
    found: dict[tuple[str, int], Weight] = {}
    counts: dict[str, int] = {}
    for _, weight in _weights(node):
        number = counts.get(weight.name, 0)
        counts[weight.name] = number + 1
        found[weight.name, number] = weight
    return found


def _weights(node: Node) -> Iterator[tuple[str, Weight]]:
    """The weights of a layer, each with the path of the layer that has it."""
    return iter(()) if node.facts is None else _weights_of(node.name, node.facts)


def _weights_of(path: str, facts: LayerFacts) -> Iterator[tuple[str, Weight]]:
    inner = facts.calls[0].nested if facts.calls else None
    if inner is None:
        yield from ((path, weight) for weight in facts.weights or ())
        return
    for name, one in inner.layers.items():
        yield from _weights_of(f"{path}/{name}", one)
