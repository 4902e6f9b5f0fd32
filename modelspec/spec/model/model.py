"""The typed form of the `model` section: what was written, complete and located."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field, fields, is_dataclass
from typing import Any

from modelspec.diagnostics import Span
from modelspec.value_classes import value_class


@value_class
class KerasObject:
    """A name of Keras's with arguments: `{Dense: {units: 10}}`, `adam`, `{ops.add: {x2: 1}}`.

    Attributes:
        kind: what it is: "layer", "optimizer", "loss", "initializer" ...
        class_name: the name as written, with aliases kept: `Conv2D`, `he_normal`, `ops.add`,
            `applications.ResNet50`, `package>Class`.
        args: argument name to value: plain data, a KerasObject, or lists and mappings of these.
        span: where the name stands.
        arg_spans: where each argument's value stands.
        as_text: whether it was written as a bare name, without a mapping.
        model: for the nested models `Sequential` and `Functional`, what is in them.
    """

    kind: str
    class_name: str
    args: Mapping[str, Any]
    span: Span
    arg_spans: Mapping[str, Span] = field(default_factory=dict)
    as_text: bool = False
    model: ModelSpec | None = None


def objects_in(value: Any) -> Iterator[KerasObject]:
    """All Keras objects of a part of a typed spec, in its order."""
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if item is None or isinstance(item, (str, int, float, Span)):
            continue
        if isinstance(item, KerasObject):
            yield item
            waiting += (item.model, item.args)
        elif isinstance(item, (SequentialSpec, FunctionalSpec)):  # edges have none
            waiting += (layer.object for layer in reversed(item.layers))
        elif isinstance(item, Mapping):
            waiting += reversed(list(item.values()))
        elif isinstance(item, (list, tuple)):
            waiting += reversed(item)
        elif is_dataclass(item):
            waiting += (getattr(item, part.name) for part in reversed(fields(item)))


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


ExampleShape = tuple[int | None, ...]
"""Sizes without the batch axis; None is an unknown size."""


@value_class
class InputSpec:
    """One input of a model. `shape` is None where the use of the model gives it."""

    name: str
    shape: ExampleShape | None
    span: Span
    dtype: str | None = None
    batch_size: int | None = None
    sparse: bool = False
    ragged: bool = False


WEIGHT = "Weight"
"""The layer of the language that is a learned tensor."""


@value_class
class LayerSpec:
    """One layer (or op, or nested model) under its name in the model.

    Attributes:
        helper_of: where the spec does not have it, the layer without an edge that it stands before.
        written: the class that the spec names, where `object` is what Keras has for it.
    """

    name: str
    object: KerasObject
    span: Span
    helper_of: str = ""
    written: str = ""

    @property
    def label(self) -> str:
        """What a message calls it: its name and its class."""
        name, class_name = self.helper_of or self.name, self.written or self.object.class_name
        return class_name if name == class_name else f'"{name}" ({class_name})'


def is_op(layer: LayerSpec) -> bool:
    """Whether a layer is a function of `keras.ops`."""
    return layer.object.class_name.startswith("ops.")


@value_class
class TensorName:
    """A tensor that an edge reads: an input, a layer's result, or a name that `as` gave.

    `index` picks one of several results: a number, or a key where the results are a dict.
    """

    name: str
    span: Span
    index: int | str | None = None

    def __str__(self) -> str:
        return self.name if self.index is None else f"{self.name}[{self.index}]"


@value_class
class Edge:
    """One step of an edge as written: tensors into one layer.

    Attributes:
        positional: refs, or nested lists of refs, in the order written.
        named: the same by the name of the call's argument.
        layer: the layer that is called.
        span: where the layer's name stands.
        call: other arguments of the call, plain data.
        names: names for the results, in order; a call without names joins the layer's other
            edges without names.
        name_spans: where each of `names` stands.
    """

    positional: tuple[Any, ...]
    named: Mapping[str, Any]
    layer: str
    span: Span
    call: Mapping[str, Any] = field(default_factory=dict)
    call_spans: Mapping[str, Span] = field(default_factory=dict)
    names: tuple[str, ...] = ()
    name_spans: tuple[Span, ...] = ()


@value_class
class SequentialSpec:
    """A `sequential`. `input` is None only where the use of a nested model gives the shape;
    `left_out` has the names of the layers that it lacks because of their `when`."""

    input: InputSpec | None
    layers: tuple[LayerSpec, ...]
    span: Span
    left_out: frozenset[str] = frozenset()


@value_class
class FunctionalSpec:
    """A `functional`.

    Attributes:
        outputs: a Ref, a list of them, or a mapping from output name to Ref.
        input_structure: "single", "list" or "dict": what the model is built on.
        complete: whether every edge and output could be read.
        left_out: the layers that it lacks because of their `when`.
    """

    inputs: tuple[InputSpec, ...]
    layers: tuple[LayerSpec, ...]
    edges: tuple[Edge, ...]
    outputs: TensorName | tuple[TensorName, ...] | Mapping[str, TensorName]
    outputs_span: Span
    input_structure: str
    span: Span
    complete: bool = True
    left_out: frozenset[str] = frozenset()


ModelSpec = SequentialSpec | FunctionalSpec


def left_out_layers(model: ModelSpec) -> frozenset[str]:
    """The names of the layers that a model and those in it lack because of their `when`."""
    inside = (layer.object.model for layer in model.layers)
    return model.left_out.union(*(left_out_layers(inner) for inner in inside if inner is not None))
