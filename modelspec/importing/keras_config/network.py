"""A functional config as a network: layers, their calls, and the tensors between them."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from .context import ImportContext
from .serialized import is_model, is_serialized


class ConfigTensor(NamedTuple):
    """The result of a call: which layer, its how-manieth call, and which of its results."""

    layer: str
    node: int
    number: int


@dataclass(slots=True)
class ConfigNode:
    """One call of a layer: tensors and plain values by position and by name."""

    args: list[Any]
    kwargs: dict[str, Any]


@dataclass(slots=True)
class ConfigLayer:
    """One layer of the config, as written, with its calls."""

    name: str
    raw: dict[str, Any]
    nodes: list[ConfigNode] = field(default_factory=list)

    @property
    def is_input(self) -> bool:
        """Whether it is one of the model's inputs rather than a layer."""
        return bool(self.raw.get("class_name") == "InputLayer")


@dataclass(slots=True)
class Network:
    """One functional model.

    Attributes:
        layers: by name, in the order of the file.
        inputs: a Tensor, or lists and mappings of them.
        outputs: the same.
    """

    layers: dict[str, ConfigLayer]
    inputs: Any
    outputs: Any

    def tensors_read(self) -> Iterator[ConfigTensor]:
        """Every tensor that a call or the outputs take, as often as they do."""
        for layer in self.layers.values():
            for node in layer.nodes:
                yield from iter_tensors(node.args)
                yield from iter_tensors(node.kwargs)
        yield from iter_tensors(self.outputs)

    def replace_tensors(self, change: Callable[[ConfigTensor], ConfigTensor]) -> None:
        """Put another tensor in the place of each one that is read."""
        for layer in self.layers.values():
            for node in layer.nodes:
                node.args = map_tensors(node.args, change)
                node.kwargs = map_tensors(node.kwargs, change)
        self.outputs = map_tensors(self.outputs, change)


def iter_tensors(value: Any) -> Iterator[ConfigTensor]:
    """All tensors in a nested value, in order."""
    if isinstance(value, ConfigTensor):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from iter_tensors(item)
    elif isinstance(value, list):
        for item in value:
            yield from iter_tensors(item)


def map_tensors(value: Any, change: Callable[[ConfigTensor], Any]) -> Any:
    """The same nested value with each tensor changed."""
    if isinstance(value, ConfigTensor):
        return change(value)
    if isinstance(value, dict):
        return {key: map_tensors(item, change) for key, item in value.items()}
    if isinstance(value, list):
        return [map_tensors(item, change) for item in value]
    return value


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

    A nested model has a first call from its construction. Keras 2 counts it everywhere, Keras 3
    only in `output_layers`, and not for Sequential models. Every call leads to an output, so all
    numbers are in use and the first is the smallest.
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


def parse_network(config: Mapping[str, Any], ctx: ImportContext) -> Network | None:
    """The network that a config describes."""
    raws = [raw for raw in config.get("layers", ()) if isinstance(raw, dict)]
    layers: dict[str, ConfigLayer] = {}
    for raw in raws:
        inner = raw.get("config")
        name = raw.get("name") or (inner.get("name") if isinstance(inner, dict) else None)
        if (
            not isinstance(name, str)
            or not isinstance(raw.get("class_name"), str)
            or name in layers
        ):
            ctx.error("not-a-model", f"the config has a layer without a unique name: {name!r}")
            return None
        layers[name] = ConfigLayer(name, raw)
    for layer in layers.values():
        nodes = parse_nodes(layer.raw.get("inbound_nodes", []), layers)
        if nodes is None:
            where = ctx.describe(layer.name, layer.raw["class_name"])
            ctx.error(
                "not-a-model", f"{where}: its `inbound_nodes` are not in a form that Keras writes"
            )
            return None
        layer.nodes = nodes
    inputs, outputs = (parse_tensors(config.get(key)) for key in ("input_layers", "output_layers"))
    if inputs is None or outputs is None:
        ctx.error("not-a-model", "the config's `input_layers` and `output_layers` are not tensors")
        return None
    network = Network(layers, inputs, outputs)
    if not _is_whole(network, ctx):
        return None
    renumber_calls(network, is_model, ctx.generation)
    return network


def _is_whole(network: Network, ctx: ImportContext) -> bool:
    for tensor in [*network.tensors_read(), *iter_tensors(network.inputs)]:
        if tensor.layer not in network.layers:
            ctx.error(
                "not-a-model", f'the config reads from a layer "{tensor.layer}" that it lacks'
            )
            return False
    return True
