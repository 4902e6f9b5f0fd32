"""What the analysis knows of a model. Whatever it cannot know is None, never 0."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

from modelspec.graph import Call, Graph
from modelspec.layers.rule import Tensor, Weight
from modelspec.spec.model import LayerSpec

TensorStructure = Any
"""A Tensor, tuples and dicts of them, or None where nothing is known."""


@dataclass(frozen=True, slots=True)
class CallFacts:
    """One call of a layer.

    Attributes:
        call: the call.
        output: what it gives.
        flops: for one example, forward; None where it is not known.
        nested: for a nested model, the analysis of this call.
    """

    call: Call
    output: TensorStructure
    flops: int | None
    nested: Analysis | None = None


@dataclass(frozen=True, slots=True)
class LayerFacts:
    """One layer, however often it is called.

    Attributes:
        layer: the layer.
        weights: its variables; None where they are not known.
        calls: in the order in which they are made.
    """

    layer: LayerSpec
    weights: tuple[Weight, ...] | None
    calls: tuple[CallFacts, ...]

    @property
    def params(self) -> int | None:
        """How many numbers the weights hold."""
        return None if self.weights is None else count_parameters(self.weights)

    @property
    def trainable(self) -> int | None:
        """How many of these are trained."""
        if self.weights is None:
            return None
        return count_parameters(weight for weight in self.weights if weight.trainable)

    @property
    def flops(self) -> int | None:
        """Of all calls together."""
        return add(call.flops for call in self.calls)


@dataclass(frozen=True, slots=True)
class Analysis:
    """A whole model.

    Attributes:
        graph: what was analysed.
        inputs: by name.
        layers: by name, in the order of their first call.
        outputs: by output name.
        tensors: what each call and input gives, by name.
    """

    graph: Graph
    inputs: Mapping[str, TensorStructure]
    layers: Mapping[str, LayerFacts]
    outputs: Mapping[str, TensorStructure]
    tensors: Mapping[str, TensorStructure]

    @property
    def weights(self) -> tuple[Weight, ...] | None:
        """All variables; None where a layer's are not known."""
        found: list[Weight] = []
        for layer in self.layers.values():
            if layer.weights is None:
                return None
            found += layer.weights
        return tuple(found)

    @property
    def flops(self) -> int | None:
        """For one example, forward."""
        return add(layer.flops for layer in self.layers.values())


def count_parameters(weights: Iterable[Weight]) -> int:
    """How many numbers weights hold."""
    return sum(prod(weight.shape) for weight in weights)


def add(values: Iterable[int | None]) -> int | None:
    """A sum; None where a part is not known."""
    total = 0
    for value in values:
        if value is None:
            return None
        total += value
    return total


def shape_text(shape: Sequence[int | None]) -> str:
    """A shape as a spec writes it: `[null, 10]`."""
    return f"[{', '.join('null' if size is None else str(size) for size in shape)}]"


def tensors_of(value: TensorStructure) -> Iterator[Tensor | None]:
    """All tensors of a structure, in order; None for each part that is not known."""
    if value is None or isinstance(value, Tensor):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from tensors_of(item)
    else:
        for item in value:
            yield from tensors_of(item)
