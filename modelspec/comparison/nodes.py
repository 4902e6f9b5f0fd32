"""The inputs, layers and outputs of a model as a comparison sees them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from modelspec.analysis import Analysis, LayerFacts, complete, keras_class, tensors_of
from modelspec.graph import flatten
from modelspec.layers.rule import Tensor
from modelspec.spec.model import KerasObject, snake_case

INPUT = "Input"
OUTPUT = "output"

_NUMBER = re.compile(r"_[0-9]+\Z")


@dataclass(frozen=True)
class Node:
    """An input, a layer or an output.

    Attributes:
        name: unique among the nodes of its model.
        class_name: of the layer; `INPUT` and `OUTPUT` for the ends of a model.
        arguments: with Keras's defaults; plain data.
        reads: the names of the nodes that its calls read, in order.
        shape: of its (first) output, the batch axis first; None where unknown.
        line: in its file, from 1.
        facts: of a layer.
        inside: the analysis of a nested model.
    """

    name: str
    class_name: str
    arguments: Mapping[str, Any]
    reads: tuple[str, ...]
    shape: tuple[int | None, ...] | None
    line: int
    facts: LayerFacts | None = None
    inside: Analysis | None = None

    @cached_property
    def signature(self) -> tuple[str, str]:
        """Class and arguments, to be looked up."""
        return self.class_name, repr(sorted(self.arguments.items(), key=lambda item: item[0]))

    @cached_property
    def has_own_name(self) -> bool:
        """Whether somebody chose the name: it is not one that Keras makes by counting."""
        stem = snake_case(self.class_name.split(">")[-1].split(".")[-1])
        return self.class_name == OUTPUT or _NUMBER.sub("", self.name) not in (stem, "input_layer")

    @property
    def is_layer(self) -> bool:
        """Whether it is no end of the model."""
        return self.class_name not in (INPUT, OUTPUT)


def nodes_of(analysis: Analysis) -> dict[str, Node]:
    """All nodes of a model by name: inputs, layers in the order of their first call, outputs.

    An output has a name that no layer can have: `output NAME`.
    """
    graph = analysis.graph
    makers = {call.name: call.layer for call in graph.calls}
    found: dict[str, Node] = {}
    for entry in graph.inputs:
        tensor = next(tensors_of(analysis.inputs.get(entry.name)), None)
        arguments = {"shape": entry.shape, "dtype": None if tensor is None else tensor.dtype}
        line = entry.span.line
        found[entry.name] = Node(entry.name, INPUT, arguments, (), _shape(tensor), line)
    for name, facts in analysis.layers.items():
        found[name] = _layer(name, facts, _sources(facts, makers))
    for name, ref in graph.output_refs().items():
        reads = (makers.get(ref.source, ref.source),)
        key = f"{OUTPUT} {name}"
        tensor = next(tensors_of(analysis.outputs.get(name)), None)
        found[key] = Node(key, OUTPUT, {}, reads, _shape(tensor), graph.span.line)
    return found


def _layer(name: str, facts: LayerFacts, reads: tuple[str, ...]) -> Node:
    item = facts.layer.object
    nested = facts.calls[0].nested if item.model is not None and facts.calls else None
    tensor = next(tensors_of(facts.calls[0].output), None) if facts.calls else None
    arguments = {key: plain(value) for key, value in complete(item).items() if key != "name"}
    calls = _call_arguments(facts)
    if calls:
        arguments["(call)"] = calls
    written = facts.layer.written or keras_class(item) or item.class_name
    line = facts.layer.span.line
    return Node(name, written, arguments, reads, _shape(tensor), line, facts, nested)


def _call_arguments(facts: LayerFacts) -> list[dict[str, Any]]:
    found = [dict(call.call.arguments) for call in facts.calls]
    return found if any(found) else []


def _sources(facts: LayerFacts, makers: Mapping[str, str]) -> tuple[str, ...]:
    """What the calls of a layer read, by the names of layers; a result by its place too."""
    sources = []
    for call in facts.calls:
        for ref in _refs(call.call.positional, call.call.named):
            sources.append(makers.get(ref.source, ref.source))
    return tuple(sources)


def _refs(positional: Sequence[Any], named: Mapping[str, Any]) -> Iterator[Any]:
    yield from flatten(tuple(positional))
    for key in sorted(named):
        yield from flatten(named[key])


def _shape(tensor: Tensor | None) -> tuple[int | None, ...] | None:
    return None if tensor is None else tuple(tensor.shape)


def plain(value: Any) -> Any:
    """An argument as YAML has it: objects of Keras as `NAME` or `{NAME: ARGUMENTS}`."""
    if isinstance(value, KerasObject):
        arguments = {key: plain(item) for key, item in value.args.items()}
        return {value.class_name: arguments} if arguments else value.class_name
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value


def layers_of(nodes: Iterable[Node]) -> list[Node]:
    """Those that are layers."""
    return [node for node in nodes if node.is_layer]
