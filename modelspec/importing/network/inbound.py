"""The calls of a layer, in each of the forms that Keras has written them in.

Keras 3      {"args": [...], "kwargs": {...}}, tensors as {"class_name": "__keras_tensor__", ...}
Keras 2      [["dense", 0, 0, {kwargs}], ...], tensors in kwargs as ["dense", 0, 0]
TF functions ["dense", 0, 0, {kwargs}], or ["_CONSTANT_VALUE", -1, value, {kwargs}]
"""

from __future__ import annotations

from collections.abc import Callable, Container
from typing import Any

from modelspec.importing.objects import is_serialized

from .network import ConfigLayer, ConfigNode, ConfigTensor, Network, map_tensors

_CONSTANT = "_CONSTANT_VALUE"


def parse_nodes(raw: Any, names: Container[str]) -> list[ConfigNode] | None:
    """The calls of one layer; None where they are in no known form.

    Args:
        raw: the field `inbound_nodes`.
        names: the names of all layers, by which Keras 2's tensors are told from other lists.
    """
    if not isinstance(raw, list):
        return None
    nodes = []
    for item in raw:
        if isinstance(item, dict) and set(item) == {"args", "kwargs"}:
            node = _keras3(item)
        else:
            node = _keras2(item, names)
        if node is None:
            return None
        if node.args or node.kwargs:
            nodes.append(node)
    return nodes


def _keras3(item: dict[str, Any]) -> ConfigNode | None:
    args, kwargs = _with_tensors(item["args"]), _with_tensors(item["kwargs"])
    if not isinstance(args, list) or not isinstance(kwargs, dict):
        return None
    return ConfigNode(args, kwargs)


def _with_tensors(value: Any) -> Any:
    """Tensors as `ConfigTensor`; all else as it is."""
    if isinstance(value, list):
        return [_with_tensors(item) for item in value]
    if not isinstance(value, dict):
        return value
    if is_serialized(value):
        if value["class_name"] != "__keras_tensor__":
            return value
        history = value["config"].get("keras_history")
        return ConfigTensor(*history[:3]) if _is_tensor(history) else value
    return {key: _with_tensors(item) for key, item in value.items()}


def _is_tensor(value: Any) -> bool:
    return (
        isinstance(value, list)
        and len(value) in (3, 4)
        and isinstance(value[0], str)
        and all(isinstance(n, int) and not isinstance(n, bool) for n in value[1:3])
    )


def _keras2(item: Any, names: Container[str]) -> ConfigNode | None:
    if _is_entry(item):
        item = [item]
    found: list[Any] = []
    first = _first_argument(item, names, found)
    if first is None:
        return None
    if isinstance(first, list) and len(first) == 1:
        first = first[0]
    kwargs = found[0] if found and isinstance(found[0], dict) else {}
    args = [] if isinstance(first, list) and not first else [first]
    return ConfigNode(
        args, {key: _with_named_tensors(value, names) for key, value in kwargs.items()}
    )


def _is_entry(value: Any) -> bool:
    if isinstance(value, list) and len(value) in (3, 4) and value[0] == _CONSTANT:
        return True
    return _is_tensor(value)


def _first_argument(item: Any, names: Container[str], kwargs: list[Any]) -> Any:
    """The first argument of a call; the named ones that hang at its tensors go to `kwargs`."""
    if _is_entry(item):
        if len(item) == 4:
            kwargs.append(item[3])
        return item[2] if item[0] == _CONSTANT else ConfigTensor(*item[:3])
    if isinstance(item, list):
        out = [_first_argument(part, names, kwargs) for part in item]
        return None if any(part is None for part in out) else out
    if isinstance(item, dict) and item:
        found = {key: _first_argument(part, names, kwargs) for key, part in item.items()}
        return None if any(part is None for part in found.values()) else found
    return None


def _with_named_tensors(value: Any, names: Container[str]) -> Any:
    if _is_tensor(value) and value[0] in names:
        return ConfigTensor(*value[:3])
    if isinstance(value, list):
        return [_with_named_tensors(item, names) for item in value]
    if isinstance(value, dict):
        return {key: _with_named_tensors(item, names) for key, item in value.items()}
    return value


def parse_tensors(value: Any) -> Any:
    """`input_layers` or `output_layers`: a Tensor, or lists and mappings; None where malformed."""
    if _is_tensor(value):
        return ConfigTensor(*value[:3])
    if isinstance(value, list) and value:
        items = [parse_tensors(item) for item in value]
        return None if any(item is None for item in items) else items
    if isinstance(value, dict) and value:
        found = {key: parse_tensors(item) for key, item in value.items()}
        return None if any(item is None for item in found.values()) else found
    return None


def renumber_calls(
    network: Network, is_model: Callable[[dict[str, Any]], bool], generation: int
) -> None:
    """Number every layer's calls from 0.

    A nested model has a first call of its own making. Keras 2 counts it everywhere, Keras 3 only
    in `output_layers` and not for stacks. Every call leads to an output, so all numbers are in use
    and the first is the smallest.
    """
    models = {name for name, layer in network.layers.items() if is_model(layer.raw)}
    inputs = {name for name, layer in network.layers.items() if layer.is_input}
    first: dict[str, int] = {}
    for tensor in network.tensors_read():
        first[tensor.layer] = min(first.get(tensor.layer, tensor.node), tensor.node)

    def all_counted(tensor: ConfigTensor) -> ConfigTensor:
        if tensor.layer in inputs:
            return tensor._replace(node=0)
        return (
            tensor._replace(node=tensor.node - first[tensor.layer])
            if tensor.layer in models
            else tensor
        )

    def outputs_counted(tensor: ConfigTensor) -> ConfigTensor:
        stack = tensor.layer in models and _is_stack(network.layers[tensor.layer])
        counted = tensor.layer in models and not stack
        return tensor._replace(node=max(tensor.node - 1, 0)) if counted else tensor

    if generation == 2:
        network.replace_tensors(all_counted)
    else:
        network.outputs = map_tensors(network.outputs, outputs_counted)


def _is_stack(layer: ConfigLayer) -> bool:
    return bool(layer.raw.get("class_name") == "Sequential")
