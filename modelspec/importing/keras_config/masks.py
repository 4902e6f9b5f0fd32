"""Masks that Keras 3 computes by itself, which a spec leaves out.

`Embedding(mask_zero=True)` and `Masking` attach a mask to their result. Keras 3 computes it with op
nodes (`NotEqual`, `Any`), hands it to the layers that take one, and writes all of it into the
config. Building the same layers makes the same nodes again, so they are left out: those that feed
masks only, and derive from the same tensors as the call's other arguments.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from modelspec.layers import classes_with, traits_of

from .network import ConfigLayer, ConfigNode, ConfigTensor, Network, iter_tensors

_ARGUMENT = "mask"

_SHAPE_ONLY = frozenset(("OnesLike", "ZerosLike"))
"""Op nodes that read a tensor for its shape: `Concatenate` fills its mask up with them."""


def drop_implicit_masks(network: Network) -> None:
    """Remove the masks that building finds again, with the nodes that compute only them."""
    feeding = _mask_ops(network)
    for layer in network.layers.values():
        for node in layer.nodes:
            mask = node.kwargs.get(_ARGUMENT)
            found = list(iter_tensors(mask))
            if not found or any(tensor.layer not in feeding for tensor in found):
                continue
            anchors = set().union(
                *(_mask_sources(network, tensor, feeding, set()) for tensor in found)
            )
            carried: set[ConfigTensor] = set()
            for tensor in iter_tensors(node.args):
                carried |= _carried_mask_sources(network, tensor, set())
            if anchors and anchors == carried:
                del node.kwargs[_ARGUMENT]
    _remove_unread(network, feeding)


def layers_losing_masks(network: Network) -> list[str]:
    """The recurrent layers that have a mask in Keras 2 and none in Keras 3.

    Keras 3 hands the mask of a tensor to a layer that is called on that tensor alone; with tensors
    for `initial_state` beside it, none.
    """
    return [
        layer.name
        for layer in network.layers.values()
        if layer.raw.get("class_name") in _RECURRENT
        and any(_loses_to_state(network, node) for node in layer.nodes)
    ]


_RECURRENT = (classes_with("is_recurrent") & classes_with("passes_mask")) | {"Bidirectional"}


def _loses_to_state(network: Network, node: ConfigNode) -> bool:
    given = list(iter_tensors(node.args))
    states = [*given[1:], *iter_tensors(node.kwargs.get("initial_state"))]
    said = node.kwargs.get(_ARGUMENT) is not None
    return bool(given and states and not said and _carried_mask_sources(network, given[0], set()))


def _is_op(layer: ConfigLayer) -> bool:
    return ".ops." in str(layer.raw.get("module"))


def _readers(network: Network) -> Iterator[tuple[ConfigTensor, ConfigLayer, str]]:
    for layer in network.layers.values():
        for node in layer.nodes:
            for tensor in iter_tensors(node.args):
                yield tensor, layer, ""
            for key, value in node.kwargs.items():
                for tensor in iter_tensors(value):
                    yield tensor, layer, key


def _mask_ops(network: Network) -> set[str]:
    """Op nodes whose every reader is a `mask` argument, or another such node."""
    feeding = {name for name, layer in network.layers.items() if _is_op(layer)}
    feeding -= {tensor.layer for tensor in iter_tensors(network.outputs)}
    readers = [(t.layer, layer.name, key) for t, layer, key in _readers(network)]
    while True:
        lost = {
            source
            for source, reader, key in readers
            if source in feeding and key != _ARGUMENT and reader not in feeding
        }
        if not lost:
            return feeding
        feeding -= lost


def _mask_sources(
    network: Network, tensor: ConfigTensor, feeding: set[str], seen: set[ConfigTensor]
) -> set[ConfigTensor]:
    """The tensors that a mask is computed from: the first that other layers read too."""
    layer = network.layers.get(tensor.layer)
    if layer is None or tensor.layer not in feeding or tensor in seen or len(layer.nodes) != 1:
        return {tensor}
    if layer.raw.get("class_name") in _SHAPE_ONLY:
        return set()
    seen.add(tensor)
    found: set[ConfigTensor] = set()
    sources = [*iter_tensors(layer.nodes[0].args), *iter_tensors(layer.nodes[0].kwargs)]
    for source in sources:
        found |= _mask_sources(network, source, feeding, seen)
    return found


def _carried_mask_sources(
    network: Network, tensor: ConfigTensor, seen: set[ConfigTensor]
) -> set[ConfigTensor]:
    """The tensors that the mask of a tensor is computed from, as far as layers pass masks on."""
    layer = network.layers.get(tensor.layer)
    if layer is None or layer.is_input or tensor in seen or tensor.node >= len(layer.nodes):
        return set()
    seen.add(tensor)
    node, config = layer.nodes[tensor.node], layer.raw.get("config")
    name = layer.raw.get("class_name")
    if isinstance(config, dict) and name == "Embedding":
        return set(iter_tensors(node.args)) if config.get("mask_zero") else set()
    if name == "Masking":
        return set(iter_tensors(node.args))
    if not traits_of(str(name)).passes_mask or _loses_mask(config, tensor):
        return set()
    return _from_inputs(network, node, seen)


def _loses_mask(config: Any, tensor: ConfigTensor) -> bool:
    if not isinstance(config, Mapping):
        return False
    inner = config.get("layer")
    if isinstance(inner, Mapping) and isinstance(inner.get("config"), Mapping):
        config = inner["config"]
    return config.get("return_sequences") is False or tensor.number > 0


def _from_inputs(network: Network, node: ConfigNode, seen: set[ConfigTensor]) -> set[ConfigTensor]:
    found: set[ConfigTensor] = set()
    for tensor in iter_tensors(node.args):
        found |= _carried_mask_sources(network, tensor, seen)
    return found


def _remove_unread(network: Network, feeding: set[str]) -> None:
    while True:
        read = {tensor.layer for tensor in network.tensors_read()}
        unread = [name for name in feeding if name in network.layers and name not in read]
        if not unread:
            return
        for name in unread:
            del network.layers[name]
