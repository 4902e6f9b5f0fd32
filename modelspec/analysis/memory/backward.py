"""What a training step holds at its widest moment: forward, backward call by call, update.

While the backward pass goes from the last call to the first, it lets go of what the calls kept,
and adds the gradients of their weights; so the two are not alive in full at one time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from modelspec.analysis.arguments import complete
from modelspec.analysis.facts import Analysis, CallFacts, LayerFacts, tensors_of
from modelspec.graph import flatten
from modelspec.layers import SavedForBackward, traits_of
from modelspec.layers.rule import Tensor
from modelspec.schema import class_schema

from .saved_activations import SavedTensors, Sizes, kept_by
from .sizes import bytes_of, tensor_bytes


class Peak(NamedTuple):
    """Bytes: of all that the backward pass needs, and of the most that is alive at once, the
    weights and the optimizer's slots left out."""

    activations: int
    most: int


def training_peak(analysis: Analysis, batch_size: int) -> Peak | None:
    """What a training step takes; None where a size is not known."""
    line = _Line(batch_size)
    given = {name: line.new(value, varied=False) for name, value in analysis.inputs.items()}
    outputs = line.add(analysis, given, frozen=False)
    if not line.known or analysis.weights is None:
        return None
    return line.peak(list(given.values()), outputs)


class _Step(NamedTuple):
    """One call of a layer. Tensors are numbers of `_Line.sizes`."""

    reads: tuple[int, ...]
    output: int
    kept: SavedTensors
    gradients: int

    def keeps(self) -> set[int]:
        """The tensors between calls that this one needs again."""
        reads = self.reads if self.kept.reads else ()
        return {*reads, *((self.output,) if self.kept.output else ())}


@dataclass(slots=True)
class _Line:
    """All calls in order, those of nested models in the place of theirs.

    Attributes:
        sizes: bytes of what each call gives.
        first: the first of its tensors.
        varied: those that have a gradient: they depend on a trained weight.
        steps: the calls that the backward pass goes through.
        widest: the largest trained weight, in bytes.
        known: whether all sizes are.
    """

    batch_size: int
    sizes: list[int] = field(default_factory=list)
    first: list[Tensor | None] = field(default_factory=list)
    varied: set[int] = field(default_factory=set)
    steps: list[_Step] = field(default_factory=list)
    seen: set[int] = field(default_factory=set)
    widest: int = 0
    known: bool = True

    def new(self, value: object, *, varied: bool) -> int:
        """What a call gives, as a number."""
        size = tensor_bytes(value, self.batch_size)
        self.known &= size is not None
        self.sizes.append(size or 0)
        self.first.append(next(tensors_of(value), None))
        tensor = self.first[-1]
        if varied and tensor is not None and "float" in tensor.dtype:
            self.varied.add(len(self.sizes) - 1)
        return len(self.sizes) - 1

    def add(self, analysis: Analysis, given: Mapping[str, int], *, frozen: bool) -> list[int]:
        """Append the calls of a model; what it gives."""
        names = dict(given)
        facts = {c.call.name: (f, c) for f in analysis.layers.values() for c in f.calls}
        for at in analysis.graph.calls:
            layer, call = facts[at.name]
            reads = tuple(names[ref.source] for ref in at.reads())
            below = frozen or layer.layer.object.args.get("trainable") is False
            if call.nested is None:
                names[at.name] = self.leaf(layer, call, reads, frozen=below)
                continue
            keys = [entry.name for entry in call.nested.graph.inputs] or [""]
            inner = self.add(call.nested, dict(zip(keys, reads, strict=False)), frozen=below)
            alone = len(inner) == 1
            varied = any(number in self.varied for number in inner)
            names[at.name] = inner[0] if alone else self.new(call.output, varied=varied)
        outputs = analysis.graph.outputs
        refs = list(flatten(tuple(outputs.values()) if isinstance(outputs, Mapping) else outputs))
        return [names[source] for source in dict.fromkeys(ref.source for ref in refs)]

    def leaf(
        self, layer: LayerFacts, call: CallFacts, reads: tuple[int, ...], *, frozen: bool
    ) -> int:
        """Append a call of a layer that is no model; what it gives."""
        item = layer.layer.object
        known = class_schema(item.kind, item.class_name)
        name = known.name if known is not None else item.class_name
        if traits_of(name).saved is SavedForBackward.ALIAS and len(reads) == 1:
            return reads[0]
        trained = [] if frozen else [w for w in layer.weights or () if w.trainable]
        needed = bool(trained) or any(number in self.varied for number in reads)
        output = self.new(call.output, varied=needed)
        first = self.first[output]
        if first is None or not needed:
            return output
        size = sum(self.sizes[number] for number in dict.fromkeys(reads))
        read = tuple(tensor for number in reads if (tensor := self.first[number]) is not None)
        kept = kept_by(name, complete(item), Sizes(size, self.sizes[output], read, first))
        again = id(layer) in self.seen
        self.seen.add(id(layer))
        for weight in trained:
            self.widest = max(self.widest, bytes_of([weight]))
        self.steps.append(_Step(reads, output, kept, 0 if again else bytes_of(trained)))
        return output

    def peak(self, inputs: list[int], outputs: list[int]) -> Peak:
        """Go backward, and find the widest moment."""
        uses = Counter(number for step in self.steps for number in step.keeps())
        for number in inputs:
            uses[number] += 1  # the batch stays until the step is over
        kept = sum(self.sizes[number] for number in uses)
        kept += sum(step.kept.inner for step in self.steps)
        everything, made = kept, 0
        waiting = {number for number in outputs if number in self.varied}
        most = kept + sum(self.sizes[number] for number in waiting)
        for step in reversed(self.steps):
            waiting |= {step.output, *(n for n in step.reads if n in self.varied)}
            made += step.gradients
            alive = sum(self.sizes[number] for number in waiting)
            most = max(most, kept + made + alive + step.kept.work)
            waiting.discard(step.output)
            kept -= step.kept.inner
            for number in step.keeps():
                uses[number] -= 1
                if uses[number] == 0:
                    kept -= self.sizes[number]
        # the update of a weight computes a tensor of its size
        return Peak(everything, max(most, kept + made + self.widest))
