"""The peak memory of a training step: forward pass, backward pass call by call, update.

While the backward pass goes from the last call to the first, it frees what the calls have saved
and adds the gradients of their weights; so the two are never in memory in full at one time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from modelspec.analysis.arguments import complete
from modelspec.analysis.facts import (
    Analysis,
    CallFacts,
    LayerFacts,
    bytes_of,
    tensor_bytes,
    tensors_of,
)
from modelspec.graph import flatten
from modelspec.layers import SavedForBackward, traits_of
from modelspec.layers.rule import Tensor
from modelspec.schema import class_schema

from .saved_activations import CallTensors, SavedTensors, find_saved_tensors


class TrainingStepMemory(NamedTuple):
    """Bytes, without those of the weights and of the optimizer's slots.

    Attributes:
        activations: of all that the backward pass needs.
        peak: the most that is in memory at once.
    """

    activations: int
    peak: int


def training_step_memory(analysis: Analysis, batch_size: int) -> TrainingStepMemory | None:
    """The memory of a training step; None where a size is unknown."""
    tape = _Tape(batch_size)
    given = {
        name: tape.add_tensor(value, has_gradient=False) for name, value in analysis.inputs.items()
    }
    outputs = tape.add_model(analysis, given, frozen=False)
    if not tape.all_known or analysis.weights is None:
        return None
    return tape.measure(list(given.values()), outputs)


class _Step(NamedTuple):
    """One call of a layer. Tensors are indices into `_Tape.sizes`."""

    inputs: tuple[int, ...]
    output: int
    saved: SavedTensors
    gradients: int

    def saved_indices(self) -> set[int]:
        """The inputs and the output that the backward pass of this call needs."""
        inputs = self.inputs if self.saved.inputs else ()
        return {*inputs, *((self.output,) if self.saved.output else ())}


@dataclass(slots=True)
class _Tape:
    """All calls in order, those of nested models in place of the call of the model.

    Attributes:
        sizes: bytes of what each call returns.
        first: the first of these tensors.
        with_gradient: indices of tensors that depend on a trained weight.
        steps: the calls that have a backward pass.
        seen: ids of the layers whose gradients are counted: a shared layer has one set of them.
        largest_weight: the largest trained weight, in bytes.
        all_known: whether all sizes are known.
    """

    batch_size: int
    sizes: list[int] = field(default_factory=list)
    first: list[Tensor | None] = field(default_factory=list)
    with_gradient: set[int] = field(default_factory=set)
    steps: list[_Step] = field(default_factory=list)
    seen: set[int] = field(default_factory=set)
    largest_weight: int = 0
    all_known: bool = True

    def add_tensor(self, value: object, *, has_gradient: bool) -> int:
        """Append what an input or a call returns; its index."""
        size = tensor_bytes(value, self.batch_size)
        self.all_known &= size is not None
        self.sizes.append(size or 0)
        self.first.append(next(tensors_of(value), None))
        tensor = self.first[-1]
        if has_gradient and tensor is not None and "float" in tensor.dtype:
            self.with_gradient.add(len(self.sizes) - 1)
        return len(self.sizes) - 1

    def add_model(self, analysis: Analysis, given: Mapping[str, int], *, frozen: bool) -> list[int]:
        """Append the calls of a model; the indices of its outputs."""
        names = dict(given)
        facts = {c.call.name: (f, c) for f in analysis.layers.values() for c in f.calls}
        for at in analysis.graph.calls:
            layer, call = facts[at.name]
            inputs = tuple(names[ref.source] for ref in at.reads())
            is_frozen = frozen or layer.layer.object.args.get("trainable") is False
            if call.nested is None:
                names[at.name] = self.add_call(layer, call, inputs, frozen=is_frozen)
                continue
            keys = [entry.name for entry in call.nested.graph.inputs] or [""]
            nested_inputs = dict(zip(keys, inputs, strict=False))
            inner = self.add_model(call.nested, nested_inputs, frozen=is_frozen)
            has_gradient = any(index in self.with_gradient for index in inner)
            names[at.name] = (
                inner[0]
                if len(inner) == 1
                else self.add_tensor(call.output, has_gradient=has_gradient)
            )
        outputs = analysis.graph.outputs
        refs = list(flatten(tuple(outputs.values()) if isinstance(outputs, Mapping) else outputs))
        return [names[source] for source in dict.fromkeys(ref.source for ref in refs)]

    def add_call(
        self, layer: LayerFacts, call: CallFacts, inputs: tuple[int, ...], *, frozen: bool
    ) -> int:
        """Append a call of a layer that is not a model; the index of its output."""
        item = layer.layer.object
        known = class_schema(item.kind, item.class_name)
        name = known.name if known is not None else item.class_name
        if traits_of(name).saved is SavedForBackward.ALIAS and len(inputs) == 1:
            return inputs[0]
        trained = [] if frozen else [w for w in layer.weights or () if w.trainable]
        has_gradient = bool(trained) or any(index in self.with_gradient for index in inputs)
        output = self.add_tensor(call.output, has_gradient=has_gradient)
        first = self.first[output]
        if first is None or not has_gradient:
            return output
        tensors = CallTensors(
            sum(self.sizes[index] for index in dict.fromkeys(inputs)),
            self.sizes[output],
            tuple(tensor for index in inputs if (tensor := self.first[index]) is not None),
            first,
        )
        saved = find_saved_tensors(name, complete(item), tensors)
        is_counted = id(layer) in self.seen
        self.seen.add(id(layer))
        for weight in trained:
            self.largest_weight = max(self.largest_weight, bytes_of([weight]))
        self.steps.append(_Step(inputs, output, saved, 0 if is_counted else bytes_of(trained)))
        return output

    def measure(self, inputs: list[int], outputs: list[int]) -> TrainingStepMemory:
        """Go backward over the steps, and find the peak."""
        uses = Counter(index for step in self.steps for index in step.saved_indices())
        for index in inputs:
            uses[index] += 1  # the batch stays in memory until the step is over
        saved = sum(self.sizes[index] for index in uses)
        saved += sum(step.saved.extra for step in self.steps)
        activations, gradients = saved, 0
        pending = {index for index in outputs if index in self.with_gradient}
        peak = saved + sum(self.sizes[index] for index in pending)
        for step in reversed(self.steps):
            pending |= {step.output, *(n for n in step.inputs if n in self.with_gradient)}
            gradients += step.gradients
            in_flight = sum(self.sizes[index] for index in pending)
            peak = max(peak, saved + gradients + in_flight + step.saved.temporary)
            pending.discard(step.output)
            saved -= step.saved.extra
            for index in step.saved_indices():
                uses[index] -= 1
                if uses[index] == 0:
                    saved -= self.sizes[index]
        # the update of a weight computes a tensor of its size
        return TrainingStepMemory(activations, max(peak, saved + gradients + self.largest_weight))
