"""Shape inference over a graph: each layer's rule, applied to the tensors of each call.

A call that fails, or that reads something unknown, has an unknown output. So a mistake is reported
once, where it is, and not again at each layer after it.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from modelspec.analysis.arguments import keras_class
from modelspec.analysis.facts import Analysis, CallFacts, LayerFacts, TensorStructure, tensors_of
from modelspec.analysis.guard import guarded
from modelspec.diagnostics import Findings, Related, Span
from modelspec.graph import Call, Graph, TensorRef
from modelspec.layers import traits_of
from modelspec.layers.rule import Mismatch, Policy, RuleResult, Tensor, UnknownSize, Weight
from modelspec.schema import class_schema
from modelspec.spec.model import InputSpec, KerasObject, LayerSpec

from .layer_rules import APPLICATIONS, LayerRules, frozen_model
from .nested import UNNAMED, by_input, converted, is_as_built, run_inputs, stated_inputs
from .shared_layers import need_built_for, need_taught_by_others
from .unknown_sizes import unknown_size_hint

if TYPE_CHECKING:
    from .applications import Applications

INDEXED = ("Embedding", "ReversibleEmbedding", "ops.take")
"""What picks by indices, and fails in the first batch where there is no such index."""


def analyze(
    graph: Graph,
    findings: Findings,
    policy: Policy | None = None,
    given: Mapping[str, TensorStructure] | None = None,
    built: Analysis | None = None,
    *,
    training: bool = True,
) -> Analysis:
    """Infer shapes, dtypes, weights and FLOPs of a model, without TensorFlow.

    Args:
        graph: the model's graph.
        findings: takes what Keras would refuse.
        policy: the dtype policy; float32 by default.
        given: for a nested model, the tensors that it is called on, by input name.
        built: for a nested model that was built for other tensors, its analysis on these: it has
            its weights from there.
        training: whether the model trains; outside a training some layers give other sizes.
    """
    return _ShapeInference(graph, findings, policy or Policy(), given, built, training).run()


class _ShapeInference:
    """One pass over a graph.

    Attributes:
        tensors: what each input and call returns, by name.
        spans: where each of these is written.
        calls: layer name to the facts of its calls so far.
        built: for a nested model, what it was built for; None while it is built.
        weights: layer name to its variables; None where unknown.
        constants: layer name to the arrays that were made where it was built.
        nested: nested models, by identity, to the analysis on what each was built for.
    """

    def __init__(
        self,
        graph: Graph,
        findings: Findings,
        policy: Policy,
        given: Mapping[str, TensorStructure] | None,
        built: Analysis | None,
        training: bool,
    ) -> None:
        self.graph = graph
        self.findings = findings
        self.policy = policy
        self.given = given
        self.training = training
        self.tensors: dict[str, TensorStructure] = {}
        self.spans: dict[str, Span] = {}
        self.calls: dict[str, list[CallFacts]] = {}
        self.helpers = {name for name, layer in graph.layers.items() if layer.helper_of}
        self.built = built
        self.weights: dict[str, tuple[Weight, ...] | None] = {}
        self.constants: dict[str, tuple[Weight, ...]] = {}
        self.nested: dict[int, Analysis] = {}
        self.applications: Applications | None = None
        self.rules = LayerRules(
            policy, findings, self.apply_inner, training=training, has_weights=built is not None
        )
        if built is not None:
            self.weights = {name: facts.weights for name, facts in built.layers.items()}

    def run(self) -> Analysis:
        for entry in self.graph.inputs:
            self.tensors[entry.name] = self.input_tensor(entry)
            self.spans[entry.name] = entry.span
        if not self.graph.inputs:  # a nested Sequential without an input of its own
            self.tensors[UNNAMED] = None if self.given is None else self.given[UNNAMED]
        for call in self.graph.calls:
            facts = CallFacts(call, None, None)
            layer = self.graph.layers[call.layer]
            with guarded(layer.label, call.span, self.findings):
                facts = self.analyze_call(call, layer)
            self.weights.setdefault(layer.name, None)
            self.tensors[call.name] = facts.output
            self.spans[call.name] = layer.span
            self.calls.setdefault(call.layer, []).append(facts)
        layers = {
            name: LayerFacts(self.graph.layers[name], self.weights[name], tuple(calls))
            for name, calls in self.calls.items()
        }
        inputs = {entry.name: self.tensors[entry.name] for entry in self.graph.inputs}
        outputs = self.output_tensors()
        return Analysis(self.graph, inputs, layers, outputs, self.tensors, self.built)

    def input_tensor(self, entry: InputSpec) -> TensorStructure:
        if self.given is not None and entry.name in self.given:
            return self.given[entry.name]
        if entry.shape is None:
            return None
        return Tensor((entry.batch_size, *entry.shape), entry.dtype or "float32")

    def output_tensors(self) -> dict[str, TensorStructure]:
        refs = self.graph.outputs
        if isinstance(refs, TensorRef):
            found: list[TensorStructure] = [self.select(refs, self.graph.output_spans[0])]
        else:
            each = refs.values() if isinstance(refs, Mapping) else refs
            found = [
                self.select(ref, at) for ref, at in zip(each, self.graph.output_spans, strict=True)
            ]
        return dict(zip(self.graph.output_names, found, strict=True))

    def analyze_call(self, call: Call, layer: LayerSpec) -> CallFacts:
        inputs = tuple(self.resolve(item, call.span) for item in call.positional)
        named = {key: self.resolve(item, call.span) for key, item in call.named.items()}
        try:
            if self.calls.get(layer.name):
                need_taught_by_others(layer.object, layer.name, call, self.graph)
            if layer.object.model is not None:
                return self.analyze_nested(call, layer, inputs)
            if layer.object.class_name.startswith(APPLICATIONS):
                return self.analyze_application(call, layer, inputs, named)
            self.need_as_first(call, layer, inputs)
            result = self.rules.apply(layer.object, inputs, named, call)
            if result is not None and keras_class(layer.object) in INDEXED:
                from .constant_indices import need_indices_inside

                need_indices_inside(call, layer.object, named, self.graph)
        except Mismatch as mismatch:
            known = self.as_built(call) if isinstance(mismatch, UnknownSize) else None
            if known is not None:
                return self.with_open_sizes(known, layer.object, inputs, named)
            self.report(mismatch, call, layer)
            result = None
        except _UnknownError:
            result = None
        except OverflowError:  # a size far beyond any tensor's, in whichever rule
            self.report(Mismatch("one of its sizes is too large to compute with"), call, layer)
            result = None
        self.record_weights(layer, result, call)
        if result is None or not self.fits_sequential(result.output, call, layer):
            return CallFacts(call, None, None)
        return CallFacts(
            call,
            result.output,
            result.flops,
            gradient_limit=result.gradient_limit,
            least_batch=result.least_batch,
        )

    def need_as_first(
        self, call: Call, layer: LayerSpec, inputs: tuple[TensorStructure, ...]
    ) -> None:
        """Refuse a later call that its layer was not built for."""
        earlier = self.calls.get(layer.name)
        if earlier:
            first = tuple(self.resolve(item, call.span) for item in earlier[0].call.positional)
            need_built_for(traits_of(keras_class(layer.object)).built_for, first, inputs)

    def as_built(self, call: Call) -> CallFacts | None:
        """What a call gives in a nested model that was built for known sizes, and has weights."""
        layer = None if self.built is None else self.built.layers.get(call.layer)
        calls = () if layer is None else layer.calls
        return next((facts for facts in calls if facts.call.name == call.name), None)

    def with_open_sizes(
        self,
        known: CallFacts,
        item: KerasObject,
        inputs: tuple[TensorStructure, ...],
        named: Mapping[str, TensorStructure],
    ) -> CallFacts:
        """The same, with the sizes open that follow one of the tensors' now."""
        from .open_sizes import follow_open_sizes

        policy, inner, training = self.policy, self.apply_inner, self.training
        rules = LayerRules(policy, Findings(), inner, training=training, has_weights=True)
        apply = partial(rules.apply, item, call=known.call)
        tensors = {} if self.built is None else self.built.tensors
        return follow_open_sizes(known, tensors, inputs, named, apply)

    def fits_sequential(self, output: TensorStructure, call: Call, layer: LayerSpec) -> bool:
        """Whether the next layer can take the output; in a Sequential model it takes one tensor."""
        last = call is self.graph.calls[-1]
        if self.graph.kind == "functional" or last or isinstance(output, Tensor):
            return True
        count = len(list(tensors_of(output)))
        message = (
            f'"{layer.name}" ({layer.object.class_name}) returns {count} tensors, and the next '
            "layer of a Sequential model takes one"
        )
        hint = f'write a `functional`, where an edge can pick one: "{layer.name}[0] -> next"'
        self.findings.error(call.span, "several-results-in-stack", message, hint=hint)
        return False

    def apply_inner(
        self, item: KerasObject, *inputs: TensorStructure, **named: TensorStructure
    ) -> RuleResult:
        """The result of a layer inside another, for the rules of wrappers."""
        if item.model is not None:
            if self.graph.nested_graph(item).needs_shapes():
                hint = "write its `input` with a `shape`, or its layers in the graph around it"
                message = "is a model in an argument, and needs a `shape` for each input"
                raise Mismatch(message, hint=hint)
            inner = self.analyze_model(item, inputs)
            weights = inner.weights
            output = next(iter(inner.outputs.values())) if len(inner.outputs) == 1 else None
            if weights is None or output is None:
                raise _UnknownError
            return RuleResult(output, weights, inner.flops)
        found = self.rules.apply(item, inputs, named)
        if found is None:
            raise _UnknownError
        return found

    def analyze_nested(
        self, call: Call, layer: LayerSpec, inputs: tuple[TensorStructure, ...]
    ) -> CallFacts:
        return self.nested_facts(call, layer, self.analyze_model(layer.object, inputs))

    def analyze_application(
        self,
        call: Call,
        layer: LayerSpec,
        inputs: tuple[TensorStructure, ...],
        named: Mapping[str, TensorStructure],
    ) -> CallFacts:
        """A call of an architecture of Keras. Few specs have one; the first imports their part."""
        from .applications import Applications

        if self.applications is None:
            analyze_inside = partial(analyze, training=self.training)
            self.applications = Applications(self.graph, self.policy, self.findings, analyze_inside)
        found = self.applications.at(layer, inputs, named, self.built)
        if found is None:
            self.record_weights(layer, None, call)
            return CallFacts(call, None, None)
        return self.nested_facts(call, layer, found)

    def nested_facts(self, call: Call, layer: LayerSpec, inner: Analysis) -> CallFacts:
        """A call of a model that stands as a layer, from the analysis of the model on it."""
        before = self.weights.get(layer.name)
        graph = inner.graph
        if before is None:
            freezes = layer.object.args.get("trainable") is False
            self.weights[layer.name] = frozen_model(inner) if freezes else inner.weights
        values: TensorStructure = inner.outputs
        if isinstance(graph.outputs, TensorRef):
            values = next(iter(inner.outputs.values()))
        elif isinstance(graph.outputs, tuple):
            values = tuple(inner.outputs.values())
        return CallFacts(call, values, inner.flops, inner)

    def analyze_model(self, item: KerasObject, inputs: tuple[TensorStructure, ...]) -> Analysis:
        """A nested model on the tensors of a call; the first call of it builds it."""
        graph = self.graph.nested_graph(item)
        given = by_input(graph, inputs)
        built = self.nested.get(id(item))
        if built is None:
            before = self.findings.error_count
            stated = stated_inputs(graph, given)
            if UNNAMED in stated:
                stated[UNNAMED] = converted(stated[UNNAMED], graph, self.policy)
            built = analyze(graph, self.findings, self.policy, stated, training=self.training)
            if self.findings.error_count > before:
                return built
            self.nested[id(item)] = built
        tensors = run_inputs(built, given)
        if is_as_built(built, tensors):
            return built
        return analyze(graph, self.findings, self.policy, tensors, built, training=self.training)

    def record_weights(self, layer: LayerSpec, facts: RuleResult | None, call: Call) -> None:
        """The first call creates a layer's weights; a later call must fit them."""
        name = layer.name
        if name not in self.weights:
            self.weights[name] = None if facts is None else facts.weights
            self.constants[name] = () if facts is None else facts.constants
            return
        before = self.weights[name]
        if facts is None or before is None:
            return
        made = (*before, *self.constants.get(name, ()))
        for old, new in zip(made, (*facts.weights, *facts.constants), strict=False):
            if old.shape != new.shape:
                earlier = self.calls.get(name)
                origin = "from its first call" if earlier else "as the model around it was built"
                message = (
                    f"{layer.label} has a {old.name} of shape "
                    f"{list(old.shape)} {origin}, and this call needs {list(new.shape)}"
                )
                first = earlier[0].call.span if earlier else None
                related = () if first is None else (Related(first, "the first call"),)
                hint = "a shared layer takes tensors of one shape; use two layers"
                self.findings.error(
                    call.span, "shape-mismatch", message, hint=hint, related=related
                )
                return

    def resolve(self, value: Any, span: Span) -> TensorStructure:
        if isinstance(value, TensorRef):
            return self.select(value, span)
        if isinstance(value, Mapping):
            return {key: self.resolve(item, span) for key, item in value.items()}
        return tuple(self.resolve(item, span) for item in value)

    def select(self, ref: TensorRef, span: Span) -> TensorStructure:
        value = self.tensors.get(ref.source)
        if ref.index is None or value is None:
            return value
        if isinstance(value, Mapping) and ref.index in value:
            return value[ref.index]
        if isinstance(value, tuple) and isinstance(ref.index, int) and ref.index < len(value):
            return value[ref.index]
        have = len(value) if isinstance(value, (tuple, Mapping)) else 1
        message = (
            f'"{ref.source}" has {have} result{"s" if have != 1 else ""}, so none is [{ref.index}]'
        )
        related = (Related(self.spans[ref.source], f'"{ref.source}" is defined here'),)
        self.findings.error(span, "no-such-result", message, related=related)
        return None

    def report(self, mismatch: Mismatch, call: Call, layer: LayerSpec) -> None:
        """Report a mismatch at the argument or the call that is at fault."""
        item = layer.object
        span = item.arg_spans.get(mismatch.arg or "", call.span)
        name = layer.label
        sources = dict.fromkeys(ref.source for ref in call.reads())
        related = tuple(
            Related(self.spans[source], f'"{source}" gives {_describe(self.tensors.get(source))}')
            for source in sources
            if source in self.spans and source not in self.helpers
        )
        message, hint = f"{name}: {mismatch.message}", mismatch.hint
        if isinstance(mismatch, UnknownSize):
            hint = unknown_size_hint(call, self.graph, self.tensors) or hint
        known = class_schema("layer", item.class_name)
        if self.graph.kind == "sequential" and known is not None and known.takes_list:
            message = f"{name}: it takes several tensors, and a Sequential model has one"
            hint = f'write a `functional`, with an edge such as "a, b -> {layer.name}"'
        self.findings.error(span, "shape-mismatch", message, hint=hint, related=related)


class _UnknownError(Exception):
    """The result of a layer inside a wrapper is unknown."""


def _describe(value: TensorStructure) -> str:
    if isinstance(value, Tensor):
        return f"{value.shape} of {value.dtype}"
    found = list(tensors_of(value))
    return f"{len(found)} tensors" if len(found) > 1 else "something unknown"
