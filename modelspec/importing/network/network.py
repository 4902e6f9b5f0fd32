"""A functional config as a network: layers, their calls, and the tensors between them.

Names and numbers are those of the file here; what a spec calls them comes later.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple


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
