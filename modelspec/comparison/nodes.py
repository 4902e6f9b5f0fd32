"""The inputs, layers and outputs of a model as a comparison sees them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from modelspec.analysis import Analysis, LayerFacts, keras_class, tensors_of
from modelspec.graph import Call, Graph, TensorRef, flatten
from modelspec.layers.rule import Tensor
from modelspec.spec import complete_arguments
from modelspec.spec.model import InputSpec, KerasObject, ModelSpec, plain, snake_case
from modelspec.value_classes import value_class

INPUT = "Input"
OUTPUT = "output"

_NUMBER = re.compile(r"_[0-9]+\Z")


@value_class
class Read:
    """A tensor that a call of a node takes.

    Attributes:
        node: the layer or input that it comes from.
        call: which call of that layer, by its name.
        index: which of several results: a position, a key, or None for the whole.
        place: where it goes: the name of an argument, or a position.
        label: how the spec names it, behind the argument where the spec names that.
    """

    node: str
    call: str
    index: int | str | None
    place: str | int
    label: str


class Prefix(NamedTuple):
    """What stands before the names of a nested model's layers, such as `encoder/`."""

    old: str
    new: str


@dataclass(frozen=True)
class Node:
    """An input, a layer or an output.

    Attributes:
        name: unique among the nodes of its model.
        class_name: of the layer; `INPUT` and `OUTPUT` for the ends of a model.
        arguments: with Keras's defaults; plain data.
        calls: the name of each call to what it reads, in order; an output has one, an input none.
        shape: of its (first) output, the batch axis first; None where unknown.
        line: in its file, from 1.
        given: the arguments that the spec itself gives.
        facts: of a layer.
        inside: the analysis of a nested model, or of an application whose layers are known.
        is_told_by_place: an output of a nested model whose name nothing refers to.
    """

    name: str
    class_name: str
    arguments: Mapping[str, Any]
    calls: Mapping[str, tuple[Read, ...]]
    shape: tuple[int | None, ...] | None
    line: int
    given: frozenset[str] = frozenset()
    facts: LayerFacts | None = None
    inside: Analysis | None = None
    is_told_by_place: bool = False

    @cached_property
    def reads(self) -> tuple[str, ...]:
        """The names of the nodes that its calls read, in order."""
        return tuple(read.node for call in self.calls.values() for read in call)

    @property
    def model(self) -> ModelSpec | None:
        """The nested model that it is."""
        return None if self.facts is None else self.facts.layer.object.model

    @property
    def labels(self) -> list[str]:
        """What it reads, as the spec names it."""
        return [read.label for call in self.calls.values() for read in call]

    @cached_property
    def signature(self) -> tuple[str, str]:
        """Class and arguments, to be looked up."""
        return self.class_name, repr(sorted(self.arguments.items(), key=lambda item: item[0]))

    @cached_property
    def has_own_name(self) -> bool:
        """Whether somebody chose the name: it is not one that Keras makes by counting."""
        if self.class_name == OUTPUT:
            return not self.is_told_by_place
        stem = snake_case(self.class_name.split(">")[-1].split(".")[-1])
        return _NUMBER.sub("", self.name) not in (stem, "input_layer")

    @property
    def is_layer(self) -> bool:
        """Whether it is no end of the model."""
        return self.class_name not in (INPUT, OUTPUT)


def nodes_of(
    analysis: Analysis, model: ModelSpec | None, *, is_nested: bool = False
) -> dict[str, Node]:
    """All nodes of a model by name: inputs, layers in the order of their first call, outputs.

    An output has a name that no layer can have: `output NAME`.

    Args:
        analysis: of the model.
        model: as the spec has it; None for what is inside an application.
        is_nested: whether it is inside another one.
    """
    graph = analysis.graph
    makers = {call.name: call.layer for call in graph.calls}
    written = {} if model is None else {layer.name: layer.object for layer in model.layers}
    found: dict[str, Node] = {}
    for entry in graph.inputs:
        tensor = next(tensors_of(analysis.inputs.get(entry.name)), None)
        arguments = _input_arguments(entry, tensor)
        given = frozenset(key for key, value in arguments.items() if value not in (None, False))
        found[entry.name] = Node(
            entry.name, INPUT, arguments, {}, _shape(tensor), entry.span.line, given
        )
    for name, facts in analysis.layers.items():
        if not facts.layer.helper_of:  # the spec does not have it
            item = written.get(name) if facts.layer.written else None
            found[name] = _layer(name, facts, makers, item)
    for node in _outputs(analysis, makers, is_told_by_place=is_nested and _has_places(graph)):
        found[node.name] = node
    return found


def _has_places(graph: Graph) -> bool:
    """Whether what reads an output of a nested model finds it by its place, not by its name."""
    return not isinstance(graph.outputs, Mapping)


def _input_arguments(entry: InputSpec, tensor: Tensor | None) -> dict[str, Any]:
    return {
        "shape": entry.shape,
        "dtype": None if tensor is None else tensor.dtype,
        "batch_size": entry.batch_size,
        "sparse": entry.sparse,
        "ragged": entry.ragged,
    }


def _layer(
    name: str, facts: LayerFacts, makers: Mapping[str, str], written: KerasObject | None
) -> Node:
    """A layer of the model.

    Args:
        name: of it.
        facts: of it.
        makers: the name of a call to that of its layer.
        written: what the spec has where no edge leads into the layer: `object` is then what Keras
            has for it.
    """
    item = written or facts.layer.object
    tensor = next(tensors_of(facts.calls[0].output), None) if facts.calls else None
    arguments = complete_arguments(item.class_name, plain(item.args))
    arguments.pop("name", None)
    of_calls = _call_arguments(facts)
    calls: dict[str, tuple[Read, ...]] = {
        one.call.name: () if facts.layer.written else tuple(_reads(one.call, makers))
        for one in facts.calls
    }
    return Node(
        name,
        facts.layer.written or keras_class(item) or item.class_name,
        {**arguments, **of_calls},
        calls,
        _shape(tensor),
        facts.layer.span.line,
        frozenset((*item.args, *of_calls)),
        facts,
        facts.calls[0].nested if facts.calls else None,
    )


def _outputs(
    analysis: Analysis, makers: Mapping[str, str], *, is_told_by_place: bool
) -> Iterator[Node]:
    graph = analysis.graph
    for name, ref in graph.output_refs().items():
        tensor = next(tensors_of(analysis.outputs.get(name)), None)
        calls = {"": (_read(ref, 0, makers, ""),)}
        yield Node(
            f"{OUTPUT} {name}",
            OUTPUT,
            {},
            calls,
            _shape(tensor),
            graph.span.line,
            is_told_by_place=is_told_by_place,
        )


def _call_arguments(facts: LayerFacts) -> dict[str, Any]:
    """Arguments that edges give beside tensors, as `call.KEY`; a list where calls differ."""
    given = [dict(one.call.arguments) for one in facts.calls]
    found = {}
    for key in dict.fromkeys(key for one in given for key in one):
        values = [plain(one.get(key)) for one in given]
        is_same = all(value == values[0] for value in values)
        found[f"call.{key}"] = values[0] if is_same else values
    return found


def _reads(call: Call, makers: Mapping[str, str]) -> Iterator[Read]:
    for place, ref in enumerate(flatten(call.positional)):
        yield _read(ref, place, makers, "")
    for key in sorted(call.named):
        for ref in flatten(call.named[key]):
            yield _read(ref, key, makers, f"{key}: ")


def _read(ref: TensorRef, place: str | int, makers: Mapping[str, str], before: str) -> Read:
    node = makers.get(ref.source, ref.source)
    return Read(node, ref.source, ref.index, place, f"{before}{ref.label or 'the input'}")


def _shape(tensor: Tensor | None) -> tuple[int | None, ...] | None:
    return None if tensor is None else tuple(tensor.shape)
