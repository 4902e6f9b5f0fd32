"""The walk over a graph: each call's tensors to the layer's rule, and what it answers onwards.

A call whose layer is at fault, or that reads something unknown, gives something unknown; so a
fault is said once, where it is, and not again at each layer behind it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from modelspec.diagnostics import Findings, Related, Span
from modelspec.graph import Call, Graph, TensorRef
from modelspec.layers import rule_of
from modelspec.layers.rule import Facts, Given, Mismatch, Policy, Rule, Tensor, Weight
from modelspec.schema import class_schema
from modelspec.spec.model import InputSpec, KerasObject, LayerSpec

from .arguments import complete, policy_of
from .facts import Analysis, CallFacts, LayerFacts, TensorStructure, tensors_of

FLOATS = frozenset(("float16", "bfloat16", "float32", "float64"))


def analyze(
    graph: Graph, findings: Findings, policy: Policy | None = None, given: Any = None
) -> Analysis:
    """Shapes, dtypes, weights and FLOPs of a model, without TensorFlow.

    Args:
        graph: the model's graph.
        findings: takes what Keras would refuse.
        policy: the dtype policy; float32 by default.
        given: for a nested model, the tensors of the call by input name.
    """
    return _Walk(graph, findings, policy or Policy(), given).run()


class _Walk:
    def __init__(
        self,
        graph: Graph,
        findings: Findings,
        policy: Policy,
        given: Mapping[str, TensorStructure] | None,
    ) -> None:
        self.graph = graph
        self.findings = findings
        self.policy = policy
        self.given = given
        self.tensors: dict[str, TensorStructure] = {}
        self.made_by: dict[str, Span] = {}
        self.calls: dict[str, list[CallFacts]] = {}
        self.weights: dict[str, tuple[Weight, ...] | None] = {}

    def run(self) -> Analysis:
        for entry in self.graph.inputs:
            self.tensors[entry.name] = self.input(entry)
            self.made_by[entry.name] = entry.span
        if not self.graph.inputs:  # a nested stack takes the tensor of its call
            self.tensors[""] = None if self.given is None else next(iter(self.given.values()))
        for call in self.graph.calls:
            facts = self.call(call)
            self.tensors[call.name] = facts.output
            self.made_by[call.name] = self.graph.layers[call.layer].span
            self.calls.setdefault(call.layer, []).append(facts)
        layers = {
            name: LayerFacts(self.graph.layers[name], self.weights[name], tuple(calls))
            for name, calls in self.calls.items()
        }
        inputs = {entry.name: self.tensors[entry.name] for entry in self.graph.inputs}
        return Analysis(self.graph, inputs, layers, self.outputs(), self.tensors)

    def input(self, entry: InputSpec) -> TensorStructure:
        outer = None if self.given is None else self.given.get(entry.name)
        if entry.shape is None:
            return outer
        own = Tensor((entry.batch_size, *entry.shape), entry.dtype or "float32")
        if isinstance(outer, Tensor):
            self.hold(entry, own, outer)
            batch = outer.shape[0] if entry.batch_size is None else entry.batch_size
            return Tensor((batch, *entry.shape), own.dtype)
        return own

    def hold(self, entry: InputSpec, own: Tensor, outer: Tensor) -> None:
        """A nested model's input has the shape that it states."""
        fits = len(own.shape) == len(outer.shape) and all(
            a is None or b is None or a == b
            for a, b in zip(own.shape[1:], outer.shape[1:], strict=True)
        )
        if not fits:
            raise Mismatch(f'its input "{entry.name}" has the shape {own.shape}, got {outer.shape}')

    def outputs(self) -> dict[str, TensorStructure]:
        refs = self.graph.outputs
        if isinstance(refs, TensorRef):
            found: list[TensorStructure] = [self.pick(refs, self.graph.output_spans[0])]
        else:
            each = refs.values() if isinstance(refs, Mapping) else refs
            found = [
                self.pick(ref, at) for ref, at in zip(each, self.graph.output_spans, strict=True)
            ]
        return dict(zip(self.graph.output_names, found, strict=True))

    def call(self, call: Call) -> CallFacts:
        layer = self.graph.layers[call.layer]
        inputs = tuple(self.resolve(item, call.span) for item in call.positional)
        named = {key: self.resolve(item, call.span) for key, item in call.named.items()}
        try:
            if layer.object.model is not None:
                return self.nested(call, layer, inputs)
            facts = self.facts(layer.object, inputs, named, call)
        except Mismatch as mismatch:
            self.report(mismatch, call, layer)
            facts = None
        except _UnknownError:
            facts = None
        except OverflowError:  # from a size far beyond any tensor's, in whichever rule
            self.report(Mismatch("one of its sizes is too large to compute with"), call, layer)
            facts = None
        self.keep_weights(layer, facts, call)
        if facts is None or not self.fits_in_stack(facts.output, call, layer):
            return CallFacts(call, None, None)
        return CallFacts(call, facts.output, facts.flops)

    def fits_in_stack(self, output: TensorStructure, call: Call, layer: LayerSpec) -> bool:
        """In a stack, each layer but the last gives one tensor; a finding where one gives more."""
        last = call is self.graph.calls[-1]
        if self.graph.kind == "functional" or last or isinstance(output, Tensor):
            return True
        count = len(list(tensors_of(output)))
        message = (
            f'"{layer.name}" ({layer.object.class_name}) gives {count} results, and the next '
            "layer of a stack takes one"
        )
        hint = f'write a `functional`, where an edge can pick one: "{layer.name}[0] -> next"'
        self.findings.error(call.span, "several-results-in-stack", message, hint=hint)
        return False

    def facts(
        self,
        item: KerasObject,
        inputs: tuple[TensorStructure, ...],
        named: Mapping[str, TensorStructure],
        call: Call | None,
    ) -> Facts | None:
        """What the rule of a layer or op says; None where it has none, or meets what is unknown."""
        if any(tensor is None for tensor in tensors_of((*inputs, *named.values()))):
            return None
        known = class_schema(item.kind, item.class_name)
        if known is None:
            return None
        is_op = item.class_name.startswith("ops.")
        rule = _op_rule(known.name) if is_op else rule_of(known.file, known.name)
        args = complete(item)
        policy = self.policy if is_op else policy_of(args.get("dtype"), self.policy)
        if rule is None or policy is None:
            return None
        if not is_op and args.get("autocast", True):
            inputs = tuple(_cast(value, policy) for value in inputs)
            named = {key: _cast(value, policy) for key, value in named.items()}
        options = call.arguments if call is not None else {}
        found = rule(Given(args, inputs, named, options, policy, self.apply))
        if args.get("trainable") is False:
            frozen = tuple(_frozen(weight) for weight in found.weights)
            return Facts(found.output, frozen, found.flops)
        return found

    def apply(self, item: KerasObject, *inputs: TensorStructure, **named: TensorStructure) -> Facts:
        """The facts of a layer inside another, for the rules of wrappers."""
        if item.model is not None:
            graph = self.graph.nested_graph(item)
            inner = analyze(graph, self.findings, self.policy, _by_input(graph, inputs))
            weights = inner.weights
            output = next(iter(inner.outputs.values())) if len(inner.outputs) == 1 else None
            if weights is None or output is None:
                raise _UnknownError
            return Facts(output, weights, inner.flops)
        found = self.facts(item, inputs, named, None)
        if found is None:
            raise _UnknownError
        return found

    def nested(
        self, call: Call, layer: LayerSpec, inputs: tuple[TensorStructure, ...]
    ) -> CallFacts:
        graph = self.graph.nested_graph(layer.object)
        before = self.weights.get(layer.name)
        inner = analyze(graph, self.findings, self.policy, _by_input(graph, inputs))
        weights = inner.weights
        if weights is not None and layer.object.args.get("trainable") is False:
            weights = tuple(_frozen(weight) for weight in weights)
        if before is None:
            self.weights[layer.name] = weights
        values: TensorStructure = inner.outputs
        if isinstance(graph.outputs, TensorRef):
            values = next(iter(inner.outputs.values()))
        elif isinstance(graph.outputs, tuple):
            values = tuple(inner.outputs.values())
        return CallFacts(call, values, inner.flops, inner)

    def keep_weights(self, layer: LayerSpec, facts: Facts | None, call: Call) -> None:
        """The first call makes a layer's weights; a later one must fit them."""
        name = layer.name
        if name not in self.weights:
            self.weights[name] = None if facts is None else facts.weights
            return
        before = self.weights[name]
        if facts is None or before is None:
            return
        for old, new in zip(before, facts.weights, strict=False):
            if old.shape != new.shape:
                message = (
                    f'"{name}" ({layer.object.class_name}) has a {old.name} of shape '
                    f"{list(old.shape)} from its first call, and this call needs {list(new.shape)}"
                )
                first = self.calls[name][0].call.span
                related = (Related(first, "the first call"),)
                hint = "a shared layer takes tensors of one shape; use two layers"
                self.findings.error(
                    call.span, "shape-mismatch", message, hint=hint, related=related
                )
                return

    def resolve(self, value: Any, span: Span) -> TensorStructure:
        if isinstance(value, TensorRef):
            return self.pick(value, span)
        if isinstance(value, Mapping):
            return {key: self.resolve(item, span) for key, item in value.items()}
        return tuple(self.resolve(item, span) for item in value)

    def pick(self, ref: TensorRef, span: Span) -> TensorStructure:
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
        related = (Related(self.made_by[ref.source], f'"{ref.source}" is made here'),)
        self.findings.error(span, "no-such-result", message, related=related)
        return None

    def report(self, mismatch: Mismatch, call: Call, layer: LayerSpec) -> None:
        """One finding for one mismatch, at the argument or the call that is to blame."""
        item = layer.object
        span = item.arg_spans.get(mismatch.arg or "", call.span)
        name = (
            item.class_name
            if layer.name == item.class_name
            else f'"{layer.name}" ({item.class_name})'
        )
        sources = dict.fromkeys(ref.source for ref in call.reads())
        related = tuple(
            Related(self.made_by[source], f'"{source}" gives {_shown(self.tensors.get(source))}')
            for source in sources
            if source in self.made_by
        )
        message, hint = f"{name}: {mismatch.message}", mismatch.hint
        known = class_schema("layer", item.class_name)
        if self.graph.kind == "sequential" and known is not None and known.takes_list:
            message = f"{name}: it joins several tensors, and a stack has one"
            hint = f'write a `functional`, with an edge such as "a, b -> {layer.name}"'
        self.findings.error(span, "shape-mismatch", message, hint=hint, related=related)


def _op_rule(name: str) -> Rule | None:
    """The rule of an op; all of them are imported with the first."""
    from modelspec.layers.ops import OPS

    return OPS.get(name)


class _UnknownError(Exception):
    """A wrapper's layer is not known."""


def _by_input(graph: Graph, inputs: tuple[TensorStructure, ...]) -> dict[str, TensorStructure]:
    value = inputs[0] if inputs else None
    if not graph.inputs:
        return {"": value}
    if isinstance(value, Mapping):
        return dict(value)
    values = value if isinstance(value, tuple) else (value,)
    return {e.name: v for e, v in zip(graph.inputs, values, strict=False)}


def _cast(value: TensorStructure, policy: Policy) -> TensorStructure:
    if isinstance(value, Tensor):
        if value.dtype in FLOATS and policy.compute in FLOATS:
            return Tensor(value.shape, policy.compute)
        return value
    if isinstance(value, Mapping):
        return {key: _cast(item, policy) for key, item in value.items()}
    return tuple(_cast(item, policy) for item in value)


def _frozen(weight: Weight) -> Weight:
    return Weight(weight.name, weight.shape, weight.dtype, False)


def _shown(value: TensorStructure) -> str:
    if isinstance(value, Tensor):
        return f"{value.shape} of {value.dtype}"
    found = list(tensors_of(value))
    return f"{len(found)} tensors" if len(found) > 1 else "something unknown"
