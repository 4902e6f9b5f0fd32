"""The graph of one model; that of a Sequential model is a chain of calls."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field, replace
from typing import Any

from modelspec.diagnostics import Span
from modelspec.spec.model import InputSpec, KerasObject, LayerSpec
from modelspec.value_classes import value_class


@value_class
class TensorRef:
    """The result of a call, or an input.

    Attributes:
        source: an input's name, or a call's `name`.
        index: which of several results: a position, a key of a dict, or None for the whole.
        written: how the spec names it, such as `scores` or `lstm[1]`; "" where no edge does.
    """

    source: str
    index: int | str | None = None
    written: str = field(default="", compare=False)

    @property
    def label(self) -> str:
        """What to call it where a user reads."""
        return self.written or self.source


@value_class
class Call:
    """One call of a layer.

    Attributes:
        name: the layer's name for its only call; otherwise the first name that `as` gave.
        layer: the layer's name.
        positional: TensorRefs, or nested tuples of them, in the order of the call's parameters.
        named: the same by the name of a parameter.
        arguments: other arguments of the call, plain data.
        span: the location of the call.
    """

    name: str
    layer: str
    positional: tuple[Any, ...]
    named: Mapping[str, Any]
    arguments: Mapping[str, Any]
    span: Span

    def reads(self) -> Iterator[TensorRef]:
        """Every tensor that the call takes."""
        yield from flatten(self.positional)
        yield from flatten(tuple(self.named.values()))


@value_class
class Adversaries:
    """The two models of `training.gan` in the graph that has both.

    Attributes:
        generator: the layer that is the generator, and its call.
        discriminator: the layer that is the discriminator, and its call.
        noise: the input that is drawn, and not fed by data.
        example: the tensor that the discriminator reads in the place of what is made.
    """

    generator: Call
    discriminator: Call
    noise: str
    example: TensorRef


@value_class
class OutputTemperature:
    """What an output goes through after its layers: its logits are divided by a temperature.

    Attributes:
        value: the temperature.
        activation: what makes probabilities of logits, "softmax" or "sigmoid"; None for an output
            that stays logits.
        of_probabilities: whether the layers give probabilities, whose logits have to be taken
            first; else they give logits.
        head: the layer whose activation was left out of it for that, or None.
    """

    value: float
    activation: str | None
    of_probabilities: bool = False
    head: str | None = None


@value_class
class Graph:
    """One model, in an order in which it can be built.

    Attributes:
        kind: "sequential" or "functional": the Keras class that it becomes.
        inputs: in the order written. Empty for a nested Sequential model without an input.
        layers: name to layer, in the order written.
        calls: sources before their readers.
        outputs: a TensorRef, a tuple of them, or a mapping from output name to TensorRef.
        output_names: the keys of a mapping; otherwise the name of what makes each output.
        input_structure: "single", "list" or "dict".
        nested: the graphs of the models that stand as layers, or in the arguments of layers;
            ask `nested_graph` for one.
        span: the location of the model's section.
        applications: the graphs of what the applications among the layers consist of, as far as
            the analysis has made them, by the layer's name; None where they are not known.
        losses: the tensors that `training.losses` names, by the names of the losses; with a `gan`
            what its two models return.
        gan: the two models of `training.gan`; also in the graph for outputs, which lacks one.
        is_part: whether `when` leaves layers of the model out.
        temperatures: of the outputs of a trained model that were calibrated, by name.
    """

    kind: str
    inputs: tuple[InputSpec, ...]
    layers: Mapping[str, LayerSpec]
    calls: tuple[Call, ...]
    outputs: TensorRef | tuple[TensorRef, ...] | Mapping[str, TensorRef]
    output_names: tuple[str, ...]
    output_spans: tuple[Span, ...]
    input_structure: str
    nested: Mapping[int, Graph]
    span: Span
    applications: dict[str, Graph | None] = field(default_factory=dict, compare=False, repr=False)
    losses: Mapping[str, TensorRef] = field(default_factory=dict)
    gan: Adversaries | None = None
    is_part: bool = field(default=False, compare=False)
    temperatures: Mapping[str, OutputTemperature] = field(default_factory=dict)

    @property
    def fed_inputs(self) -> tuple[InputSpec, ...]:
        """The inputs that data feeds: all but noise, which is drawn."""
        if self.gan is None:
            return self.inputs
        return tuple(entry for entry in self.inputs if entry.name != self.gan.noise)

    def nested_graph(self, model: KerasObject) -> Graph:
        """The graph of a nested model of this one."""
        return self.nested[id(model)]

    def nested_or_none(self, layer: KerasObject) -> Graph | None:
        """The graph of a layer that is a model; None for any other."""
        return self.nested.get(id(layer))

    def graph_inside(self, layer: LayerSpec) -> Graph | None:
        """The graph of a layer that is a model or an application whose layers are known."""
        return self.nested_or_none(layer.object) or self.applications.get(layer.name)

    def output_refs(self) -> dict[str, TensorRef]:
        """Output name to the tensor that it is."""
        return dict(zip(self.output_names, flatten(self.outputs), strict=True))

    def for_outputs(self) -> Graph:
        """The graph without losses, and without what only they depend on: that of the saved model,
        and what predictions take."""
        if not self.losses:
            return self
        if self.kind == "sequential":
            return replace(self, losses={})
        needed = needed_for(self.calls, flatten(self.outputs))
        calls = tuple(call for call in self.calls if call.name in needed)
        called = {call.layer for call in calls}
        return replace(
            self,
            inputs=tuple(entry for entry in self.inputs if entry.name in needed),
            layers={name: layer for name, layer in self.layers.items() if name in called},
            calls=calls,
            losses={},
        )

    def constants(self) -> frozenset[str]:
        """The layers that are computed while the model is built: Keras has no node of them."""
        return frozenset(call.layer for call in self.calls if next(call.reads(), None) is None)

    def has_written_output_names(self) -> bool:
        """Whether the spec itself names the outputs. A name that Keras would make up depends on
        the layers before, and one of those may be invalid."""
        last = list(self.layers.values())[-1:] if self.kind == "sequential" else ()
        return all("name" in layer.object.args for layer in last)

    def needs_shapes(self) -> bool:
        """Whether the model cannot be built before the tensors of its first call are known:
        an input of it, or of a nested model at its start, has no shape."""
        if self.kind == "functional":
            return any(entry.shape is None for entry in self.inputs)
        inner = (self.nested_or_none(layer.object) for layer in self.layers.values())
        return not self.inputs and any(g.needs_shapes() for g in inner if g is not None)


def flatten_with_gaps(value: Any) -> Iterator[TensorRef | None]:
    """As `flat`, with None for each part that is missing."""
    if value is None:
        yield None
    elif isinstance(value, (Mapping, tuple)):
        for item in value.values() if isinstance(value, Mapping) else value:
            yield from flatten_with_gaps(item)
    else:
        yield value


def flatten(value: Any) -> Iterator[TensorRef]:
    """All TensorRefs of a nested structure, in order."""
    if isinstance(value, TensorRef):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from flatten(item)
    elif isinstance(value, tuple):
        for item in value:
            yield from flatten(item)


def needed_for(calls: tuple[Call, ...], refs: Iterable[TensorRef]) -> set[str]:
    """The names of all inputs and calls that some tensors depend on."""
    by_name = {call.name: call for call in calls}
    needed: set[str] = set()
    waiting = [ref.source for ref in refs]
    while waiting:
        name = waiting.pop()
        if name not in needed:
            needed.add(name)
            if name in by_name:
                waiting += [ref.source for ref in by_name[name].reads()]
    return needed
