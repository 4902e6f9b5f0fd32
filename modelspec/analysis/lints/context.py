"""What a lint looks at, computed once and only when a lint asks, and what it reports."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import NamedTuple

from modelspec.analysis.arguments import complete, keras_class, layers_within
from modelspec.analysis.facts import Analysis, LayerFacts
from modelspec.analysis.frozen_weights import frozen_layers
from modelspec.analysis.losses import TrainedOutput, names_with_loss, trained_outputs
from modelspec.diagnostics import Related, Span
from modelspec.graph import Call, Graph, TensorRef, flatten
from modelspec.layers import classes_with, ops_with
from modelspec.layers.rule import Tensor, Weight
from modelspec.spec import Spec
from modelspec.spec.model import KerasObject, LayerSpec
from modelspec.spec.phases import FreezePatterns


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
        self._outputs = frozenset(ref.source for ref in flatten(self.graph.outputs))

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
        """The calls of layers of some classes, in order, as far as the spec has the layers."""
        for call in self.graph.calls:
            if self.kinds[call.layer] in kinds and not self.layer(call).helper_of:
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
        ref = _only(readers[0].reads())
        return readers[0] if ref is not None and ref.index is None else None

    def source(self, call: Call) -> Call | None:
        """The call whose whole output is the only input of a call, or None."""
        ref = _only(call.reads())
        return self.calls.get(ref.source) if ref is not None and ref.index is None else None

    def output(self, call: Call) -> Tensor | None:
        """The output of a call; None where unknown, or not one tensor."""
        return _tensor(self.analysis.tensors.get(call.name))

    def input(self, call: Call) -> Tensor | None:
        """The only input of a call; None where unknown, or not one tensor."""
        ref = _only(call.reads())
        if ref is None or ref.index is not None:
            return None
        return _tensor(self.analysis.tensors.get(ref.source))


def _only(refs: Iterator[TensorRef]) -> TensorRef | None:
    """The one ref, or None; stops at the second of them, which may be the first of thousands."""
    first, second = next(refs, None), next(refs, None)
    return first if second is None else None


def _tensor(value: object) -> Tensor | None:
    return value if isinstance(value, Tensor) else None


class Lint(NamedTuple):
    """One location that a lint complains about; it becomes a warning with the lint's code."""

    span: Span
    message: str
    hint: str = ""
    related: tuple[Related, ...] = ()


class LintContext:
    """A spec's model with its nested models, and the objectives of its outputs."""

    def __init__(self, spec: Spec, analysis: Analysis, whole: Spec | None = None) -> None:
        self.spec = spec
        self.analysis = analysis
        self._whole = whole or spec

    @property
    def freezes(self) -> tuple[FreezePatterns, ...]:
        """What is frozen in each phase; without phases in the training."""
        training = self._whole.training
        return () if training is None else tuple(one.freeze for one in training.each_phase)

    @cached_property
    def models(self) -> tuple[ModelView, ...]:
        """The whole model first, then each nested model once."""
        return tuple(ModelView(analysis) for analysis in _analyses(self.analysis))

    def inner_view(self, model: ModelView, layer: LayerSpec) -> ModelView | None:
        """The view of a nested model that is called as a layer; None for any other layer."""
        if layer.object.model is None:
            return None
        graph = model.graph.nested_graph(layer.object)
        return next((view for view in self.models if view.graph is graph), None)

    def given_to(self, model: ModelView, entry: str) -> Iterator[tuple[ModelView, str]]:
        """What a nested model is called on in place of an input: the calls or inputs of the
        models around it, by name."""
        names = [given.name for given in model.graph.inputs] or [entry]
        for outer in self.models:
            for call in outer.graph.calls:
                if self.inner_view(outer, outer.layer(call)) is model:
                    first = call.positional[0] if call.positional else ()
                    refs = first if isinstance(first, Mapping) else None
                    given = refs or dict(zip(names, flatten(call.positional), strict=False))
                    if isinstance(given.get(entry), TensorRef):
                        yield outer, given[entry].source

    @cached_property
    def kinds(self) -> frozenset[str]:
        """Keras's classes of all layers, including layers in arguments of layers and those of
        `data.augment`."""
        data = self.spec.data
        augment = () if data is None else [one for entry in data.augment for one in entry.layers]
        return frozenset(map(keras_class, (*(item for _, item in self.layers), *augment)))

    @cached_property
    def arguments(self) -> frozenset[str]:
        """The arguments that any layer is given."""
        return frozenset(name for _, item in self.layers for name in item.args)

    @cached_property
    def layers(self) -> tuple[tuple[ModelView, KerasObject], ...]:
        """All layers with their models, including layers in arguments of layers."""
        return tuple(
            (model, item)
            for model in self.models
            for layer in model.graph.layers.values()
            if layer.object.model is None and not layer.helper_of
            for item in layers_within(layer.object)
        )

    @cached_property
    def frozen(self) -> frozenset[int]:
        """The `id` of each layer that `freeze` keeps as it is, also in nested models."""
        training = self.spec.training
        if training is None or not training.freeze:
            return frozenset()
        return frozenset(map(id, frozen_layers(self.analysis, training.freeze)))

    @cached_property
    def outputs(self) -> tuple[TrainedOutput, ...]:
        """The outputs whose loss is known."""
        return trained_outputs(self.spec, self.analysis)

    @property
    def knows_all_losses(self) -> bool:
        """Whether the losses of all trained outputs, and so all logged values, are known."""
        if self.spec.training is not None and self.spec.training.trainer is not None:
            return False
        trained = names_with_loss(self.spec.training, self.analysis.graph.output_names)
        return len(self.outputs) == len(trained)


def _analyses(analysis: Analysis) -> Iterator[Analysis]:
    yield analysis
    seen: set[int] = set()
    for facts in analysis.layers.values():
        first = facts.calls[0]
        if first.nested is not None and facts.layer.object.model is not None:
            seen.add(id(facts.layer.object))
            yield from _analyses(first.nested)
    for key, graph in analysis.graph.nested.items():
        if key not in seen:
            yield from _analyses(_unknown(graph))


def _unknown(graph: Graph) -> Analysis:
    """The analysis of a nested model of which only the graph and its stated shapes are known."""
    inputs = {
        entry.name: Tensor((entry.batch_size, *entry.shape), entry.dtype or "float32")
        for entry in graph.inputs
        if entry.shape is not None
    }
    return Analysis(graph, inputs, {}, {}, inputs)


ENCODERS = classes_with("is_lookup") | {"CategoryEncoding", "Discretization"}


def find_encoder(model: ModelView, call: Call) -> Call | None:
    """The encoder whose output a call reads, past layers that only move values."""
    source = model.source(call)
    while source is not None and _moves_values(model.kind(source)):
        source = model.source(source)
    return source if model.kind(source) in ENCODERS else None


def encoders_before(context: LintContext, model: ModelView, call: Call) -> Iterator[LayerSpec]:
    """The encoders whose outputs a call reads, past layers that only move values or join tensors,
    into nested models and out of them."""
    for origin in _origins_before(context, model, call):
        if isinstance(origin, LayerSpec):
            yield origin


def inputs_before(context: LintContext, model: ModelView, call: Call) -> Iterator[str]:
    """The inputs of the whole model that a call reads, past the same layers."""
    for origin in _origins_before(context, model, call):
        if isinstance(origin, str):
            yield origin


def _origins_before(
    context: LintContext, model: ModelView, call: Call
) -> Iterator[LayerSpec | str]:
    for ref in call.reads():
        yield from _origins_of(context, model, ref.source)


def _origins_of(context: LintContext, model: ModelView, source: str) -> Iterator[LayerSpec | str]:
    """Encoders, and names of the whole model's inputs."""
    call = model.calls.get(source)
    if call is None:
        if model is context.models[0]:
            yield source
        for outer, name in context.given_to(model, source):
            yield from _origins_of(context, outer, name)
        return
    layer, kind = model.layer(call), model.kind(call)
    inner = context.inner_view(model, layer)
    if inner is not None:
        for ref in flatten(inner.graph.outputs):
            yield from _origins_of(context, inner, ref.source)
    elif kind in ENCODERS:
        yield layer
    elif _moves_values(kind) or kind in classes_with("joins_values") | ops_with("joins_values"):
        yield from _origins_before(context, model, call)


def _moves_values(kind: str) -> bool:
    return kind in classes_with("keeps_values") or kind == "ops.cast"


def returns_integers(item: KerasObject) -> bool:
    """Whether an encoder returns integers rather than columns or text."""
    args = complete(item)
    return args["output_mode"] == "int" and not args.get("invert")


def token_count(item: KerasObject) -> int | None:
    """How many different integers an encoder may return; None where the spec does not say."""
    args = complete(item)
    kind = keras_class(item)
    if kind in ("Hashing", "HashedCrossing"):
        return _number(args["num_bins"])
    if kind == "Discretization":
        bounds = args["bin_boundaries"]
        return len(bounds) + 1 if isinstance(bounds, list) else _number(args["num_bins"])
    vocabulary = args.get("vocabulary")
    if isinstance(vocabulary, list):
        return len(vocabulary) + _special(kind, args, vocabulary)
    return _number(args.get("max_tokens")) if vocabulary is None else None


def _special(kind: str, args: dict[str, object], vocabulary: list[object]) -> int:
    """How many integers come before those of the vocabulary: mask and out-of-vocabulary."""
    if kind == "TextVectorization":
        return 0 if "[UNK]" in vocabulary else 2
    if args["oov_token"] in vocabulary:
        return 0
    unknown = args["num_oov_indices"]
    assert isinstance(unknown, int)
    return unknown + (args["mask_token"] is not None)


def _number(value: object) -> int | None:
    return value if isinstance(value, int) else None
