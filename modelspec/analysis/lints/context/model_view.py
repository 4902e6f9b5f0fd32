"""One model of a spec, the whole or a nested one, with its edges in both directions."""

from __future__ import annotations

from collections.abc import Iterator

from modelspec.analysis.arguments import keras_class
from modelspec.analysis.facts import Analysis, LayerFacts
from modelspec.graph import Call, TensorRef, flatten
from modelspec.layers.rule import Tensor, Weight
from modelspec.spec.model import KerasObject, LayerSpec


class ModelView:
    """A graph with its analysis, and who reads which call.

    Attributes:
        analysis: of the graph; without layers where the model is an argument of a layer.
        graph: the graph.
        calls: by name, in order.
        kinds: layer name to Keras's class, `ops.NAME` for an op, "" where unknown.
    """

    def __init__(self, analysis: Analysis) -> None:
        self.analysis = analysis
        self.graph = analysis.graph
        self.calls = {call.name: call for call in self.graph.calls}
        self.kinds = {name: keras_class(layer.object) for name, layer in self.graph.layers.items()}
        self._readers: dict[str, list[Call]] = {}
        self._times: dict[str, int] = {}
        for call in self.graph.calls:
            self._times[call.layer] = self._times.get(call.layer, 0) + 1
            for ref in call.reads():
                self._readers.setdefault(ref.source, []).append(call)
        outputs = self.graph.outputs
        found = [outputs] if isinstance(outputs, TensorRef) else flatten(outputs)
        self._outputs = frozenset(ref.source for ref in found)

    def layer(self, call: Call) -> LayerSpec:
        """The layer that is called."""
        return self.graph.layers[call.layer]

    def kind(self, call: Call | None) -> str:
        """Keras's class of the called layer; "" where there is no call, or the class is unknown."""
        return "" if call is None else self.kinds[call.layer]

    def facts(self, layer: LayerSpec) -> LayerFacts | None:
        """The facts of a layer; None where unknown."""
        return self.analysis.layers.get(layer.name)

    def weights(self, layer: LayerSpec) -> tuple[Weight, ...] | None:
        """A layer's weights; None where unknown."""
        facts = self.facts(layer)
        return None if facts is None else facts.weights

    def calls_of(self, *kinds: str) -> Iterator[Call]:
        """The calls of layers of some classes, in order."""
        for call in self.graph.calls:
            if self.kinds[call.layer] in kinds:
                yield call

    def called_once(self, call: Call) -> bool:
        """Whether the layer has no other call."""
        return self._times[call.layer] == 1

    def readers(self, call: Call) -> list[Call]:
        """The calls that read the output of a call, or a part of it."""
        return self._readers.get(call.name, [])

    def only_reader(self, call: Call) -> Call | None:
        """The call that alone reads the whole output of a call, or None."""
        readers = self.readers(call)
        if len(readers) != 1 or call.name in self._outputs:
            return None
        refs = list(readers[0].reads())
        return readers[0] if len(refs) == 1 and refs[0].index is None else None

    def source(self, call: Call) -> Call | None:
        """The call whose whole output is the only input of a call, or None."""
        refs = list(call.reads())
        return self.calls.get(refs[0].source) if len(refs) == 1 and refs[0].index is None else None

    def output(self, call: Call) -> Tensor | None:
        """The output of a call; None where unknown, or not one tensor."""
        return _tensor(self.analysis.tensors.get(call.name))

    def input(self, call: Call) -> Tensor | None:
        """The only input of a call; None where unknown, or not one tensor."""
        refs = list(call.reads())
        if len(refs) != 1 or refs[0].index is not None:
            return None
        return _tensor(self.analysis.tensors.get(refs[0].source))


def _tensor(value: object) -> Tensor | None:
    return value if isinstance(value, Tensor) else None


def layers_within(item: KerasObject) -> Iterator[KerasObject]:
    """A layer and the layers in its arguments, without nested models."""
    yield item
    for value in item.args.values():
        for inner in value if isinstance(value, list) else [value]:
            if isinstance(inner, KerasObject) and inner.kind == "layer" and inner.model is None:
                yield from layers_within(inner)
