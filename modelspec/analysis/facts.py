"""What the analysis knows of a model. What it cannot know is None, never 0."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from math import prod
from typing import Any

from modelspec.graph import Call, Graph
from modelspec.layers.rule import GradientLimit, Tensor, Weight, total
from modelspec.spec.model import LayerSpec
from modelspec.value_classes import value_class

TensorStructure = Any
"""A Tensor, nested tuples and dicts of them, or None where unknown."""


@value_class
class CallFacts:
    """One call of a layer.

    Attributes:
        call: the call.
        output: the tensors that it returns.
        flops: of the forward pass for one example; None where unknown.
        nested: for a nested model, the analysis of this call.
        gradient_limit: why no gradient passes the call, if so.
        least_batch: the least number of examples that the call works for.
    """

    call: Call
    output: TensorStructure
    flops: int | None
    nested: Analysis | None = None
    gradient_limit: GradientLimit | None = None
    least_batch: int = 1


@value_class
class LayerFacts:
    """One layer, however often it is called.

    Attributes:
        layer: the layer.
        weights: its variables; None where unknown.
        calls: in the order of the graph.
    """

    layer: LayerSpec
    weights: tuple[Weight, ...] | None
    calls: tuple[CallFacts, ...]

    @property
    def params(self) -> int | None:
        """The number of parameters; None where unknown."""
        return None if self.weights is None else count_parameters(self.weights)

    @property
    def trainable(self) -> int | None:
        """The number of trainable parameters; None where unknown."""
        if self.weights is None:
            return None
        return count_parameters(weight for weight in self.weights if weight.trainable)

    @property
    def flops(self) -> int | None:
        """Of all calls together; None where unknown."""
        return total(*(call.flops for call in self.calls))


@value_class
class Analysis:
    """A whole model.

    Attributes:
        graph: of the model.
        inputs: by name.
        layers: by name, in the order of their first call.
        outputs: by output name.
        tensors: what each input and call returns, by name.
        built: for a nested model called on other tensors than it was built for, its analysis on
            these.
    """

    graph: Graph
    inputs: Mapping[str, TensorStructure]
    layers: Mapping[str, LayerFacts]
    outputs: Mapping[str, TensorStructure]
    tensors: Mapping[str, TensorStructure]
    built: Analysis | None = None

    @property
    def weights(self) -> tuple[Weight, ...] | None:
        """All variables; None where those of a layer are unknown."""
        found: list[Weight] = []
        for layer in self.layers.values():
            if layer.weights is None:
                return None
            found += layer.weights
        return tuple(found)

    def innermost_layers(self) -> Iterator[LayerFacts]:
        """All layers, in the place of a nested model those in it, with all calls that all calls of
        it make."""
        for layer in self.layers.values():
            nested = [call.nested for call in layer.calls if call.nested is not None]
            if not nested:
                yield layer
            for same in zip(*(one.innermost_layers() for one in nested), strict=True):
                yield replace(same[0], calls=tuple(call for one in same for call in one.calls))

    @property
    def has_open_sizes(self) -> bool:
        """Whether an input leaves a size open, that of the batch apart."""
        return any(
            isinstance(tensor, Tensor) and None in tensor.shape[1:]
            for tensor in self.inputs.values()
        )

    @property
    def flops(self) -> int | None:
        """Of the forward pass for one example; None where unknown."""
        return total(*(layer.flops for layer in self.layers.values()))


def count_parameters(weights: Iterable[Weight]) -> int:
    """The number of parameters of some weights."""
    return sum(prod(weight.shape) for weight in weights)


def shape_text(shape: Sequence[int | None]) -> str:
    """A shape as a spec writes it: `[null, 10]`."""
    return f"[{', '.join('null' if size is None else str(size) for size in shape)}]"


def tensors_of(value: TensorStructure) -> Iterator[Tensor | None]:
    """All tensors of a structure, in order; None for each unknown part."""
    if value is None or isinstance(value, Tensor):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from tensors_of(item)
    else:
        for item in value:
            yield from tensors_of(item)


WIDTHS = {
    "bool": 1,
    "int8": 1,
    "uint8": 1,
    "float8_e4m3fn": 1,
    "float8_e5m2": 1,
    "int16": 2,
    "uint16": 2,
    "float16": 2,
    "bfloat16": 2,
    "int32": 4,
    "uint32": 4,
    "float32": 4,
    "int64": 8,
    "uint64": 8,
    "float64": 8,
    "complex64": 8,
    "complex128": 16,
}
"""Bytes of one element. Text has no fixed width."""


def width_of(tensor: Tensor) -> int:
    """Bytes of one element of a tensor."""
    return WIDTHS.get(tensor.dtype, 4)


def bytes_of(weights: Iterable[Weight]) -> int:
    """The bytes of some variables."""
    return sum(prod(weight.shape) * WIDTHS.get(weight.dtype, 4) for weight in weights)


def tensor_bytes(value: TensorStructure, batch_size: int) -> int | None:
    """The bytes of tensors for a whole batch; None where a size or a width is unknown."""
    total = 0
    for tensor in tensors_of(value):
        if tensor is None or tensor.dtype not in WIDTHS:
            return None
        size = batch_size if tensor.shape and tensor.shape[0] is None else None
        sizes = tensor.shape if size is None else (size, *tensor.shape[1:])
        if any(axis is None for axis in sizes):
            return None
        total += prod(axis for axis in sizes if axis is not None) * WIDTHS[tensor.dtype]
    return total
