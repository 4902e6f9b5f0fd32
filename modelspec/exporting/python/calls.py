"""Calls of layers on tensors, and the variables that hold their results."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from modelspec.graph import Call, Graph, TensorRef
from modelspec.graph import flatten as flat_refs
from modelspec.layers import traits_of
from modelspec.schema import class_schema
from modelspec.spec.model import FunctionalSpec, KerasObject, LayerSpec, ModelSpec

from .syntax import Identifiers, Node
from .values import literal, mapping, sequence


class Results:
    """The variables of one function, by the input or call whose result they hold.

    Attributes:
        variables: input or call to its variable.
        parts: call to one variable for each of its results.
    """

    def __init__(self, graph: Graph, model: ModelSpec, names: Identifiers) -> None:
        self.graph = graph
        self.names = names
        self.variables: dict[str, str] = {}
        self.parts: dict[str, tuple[str, ...]] = {}
        self._written = _result_names(model)
        refs = [ref for call in graph.calls for ref in call.reads()]
        self._read = [*refs, *flat_refs(graph.outputs)]

    def target(self, call: Call) -> tuple[str, str]:
        """The left side of an assignment from a call, and what follows the call: `a, b = …[:2]`."""
        written = self._written.get(call.name, ())
        if len(written) < 2 or not self._only_parts(call.name, len(written)):
            wanted = call.name if len(written) < 2 else call.layer
            self.variables[call.name] = self.names.variable(wanted)
            return self.variables[call.name], ""
        self.parts[call.name] = tuple(self.names.variable(name) for name in written)
        count = result_count(call, self.graph.layers[call.layer])
        after = "" if count == len(written) else f"[:{len(written)}]"
        return ", ".join(self.parts[call.name]), after

    def _only_parts(self, name: str, count: int) -> bool:
        return all(
            isinstance(ref.index, int) and ref.index < count
            for ref in self._read
            if ref.source == name
        )

    def node(self, value: Any) -> Node:
        """A TensorRef, or a nested structure of them, as an expression."""
        if isinstance(value, TensorRef):
            return self._ref(value)
        if isinstance(value, Mapping):
            return mapping((key, self.node(item)) for key, item in value.items())
        return sequence(self.node(item) for item in value)

    def _ref(self, ref: TensorRef) -> str:
        if ref.source in self.parts and isinstance(ref.index, int):
            return self.parts[ref.source][ref.index]
        variable = self.variables[ref.source]
        return variable if ref.index is None else f"{variable}[{literal(ref.index)}]"


def _result_names(model: ModelSpec) -> dict[str, tuple[str, ...]]:
    if not isinstance(model, FunctionalSpec):
        return {}
    return {edge.names[0]: edge.names for edge in model.edges if edge.names}


def result_count(call: Call, layer: LayerSpec) -> int | None:
    """How many results a call has; None where that is unknown without Keras."""
    item = layer.object
    if isinstance(item.model, FunctionalSpec):
        outputs = item.model.outputs
        return len(outputs) if isinstance(outputs, tuple) else None
    known = class_schema("layer", item.class_name)
    name = item.class_name if known is None else known.name
    if traits_of(name).states and item.args.get("return_state") is True:
        return 1 + traits_of(name).states
    if traits_of(name).is_attention and call.arguments.get("return_attention_scores") is True:
        return 2
    sections = item.args.get("indices_or_sections")
    if item.class_name == "ops.split" and isinstance(sections, int):
        return sections
    return None


def objects_in(graph: Graph) -> Iterator[KerasObject]:
    """All Keras objects of a graph, including those in arguments and in nested models."""
    for layer in graph.layers.values():
        yield from _objects(layer.object, graph)


def _objects(value: Any, graph: Graph) -> Iterator[KerasObject]:
    if isinstance(value, KerasObject):
        yield value
        if value.model is not None:
            yield from objects_in(graph.nested_graph(value))
        yield from _objects(value.args, graph)
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _objects(item, graph)
    elif isinstance(value, list):
        for item in value:
            yield from _objects(item, graph)
