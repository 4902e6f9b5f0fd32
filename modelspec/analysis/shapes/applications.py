"""An architecture of `keras.applications` as a layer: the analysis of the model inside."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from modelspec.analysis.arguments import complete
from modelspec.analysis.facts import Analysis, TensorStructure, tensors_of
from modelspec.diagnostics import Findings
from modelspec.graph import Graph, build_graph
from modelspec.layers.applications import check_application, inner_model
from modelspec.layers.policies import policy_of
from modelspec.layers.rule import LayerCall, Mismatch, Policy, Shape
from modelspec.schema import class_schema
from modelspec.spec.model import LayerSpec

from .nested import by_input, is_as_built, run_inputs

Analyze = Callable[..., Analysis]


class Applications:
    """The applications of one model.

    Args:
        graph: of the model, which keeps the graphs of what they consist of.
        policy: the model's dtype policy.
        findings: takes a note where the layers of one are not known.
        analyze: the analysis of a graph, as in `inference.py`.
    """

    def __init__(self, graph: Graph, policy: Policy, findings: Findings, analyze: Analyze) -> None:
        self.graph, self.policy, self.findings, self.analyze = graph, policy, findings, analyze
        self.built: dict[str, Analysis | None] = {}

    def at(
        self,
        layer: LayerSpec,
        inputs: tuple[TensorStructure, ...],
        named: Mapping[str, TensorStructure],
        around: Analysis | None,
    ) -> Analysis | None:
        """The analysis of an application on the images of a call.

        Args:
            layer: the application.
            inputs: the positional tensors of the call.
            named: its other tensors.
            around: the analysis of the model on what it was built for, if that is an earlier one.

        Returns:
            None where the images, or the layers of the application, are not known.

        Raises:
            Mismatch: Keras refuses the arguments or the images.
        """
        item = layer.object
        known = class_schema(item.kind, item.class_name)
        if known is None or any(t is None for t in tensors_of((*inputs, *named.values()))):
            return None
        args = complete(item)
        own = check_application(known.name, LayerCall(args, inputs, named))
        policy = policy_of(args.get("dtype"), self.policy)
        graph = self._graph(known.name, args, own, layer)
        if graph is None:
            self._note_unknown(layer, args)
        if graph is None or policy is None:
            return None
        if layer.name not in self.built:
            self.built[layer.name] = _as_built(layer, around) or self._build(graph, policy)
        built = self.built[layer.name]
        if built is None:
            return None
        given = by_input(graph, inputs or tuple(named.values()))
        tensors = run_inputs(built, given)
        if is_as_built(built, tensors):
            return built
        findings = Findings()
        found = self.analyze(graph, findings, policy, tensors, built)
        if findings.has_errors:
            first = next(each for each in findings.sorted() if each.severity == "error")
            raise Mismatch(f"cannot take these images: inside it, {first.message}")
        return found

    def _build(self, graph: Graph, policy: Policy) -> Analysis | None:
        findings = Findings()
        made = self.analyze(graph, findings, policy)
        return None if findings.has_errors else made

    def _graph(
        self, name: str, args: Mapping[str, object], own: Shape, layer: LayerSpec
    ) -> Graph | None:
        graphs = self.graph.applications
        if layer.name not in graphs:
            model = inner_model(name, args, own, layer.name, layer.object.span)
            graphs[layer.name] = None if model is None else build_graph(model, Findings())
        return graphs[layer.name]

    def _note_unknown(self, layer: LayerSpec, args: Mapping[str, object]) -> None:
        item = layer.object
        alpha = args.get("alpha", 1)
        why = f" with `alpha: {alpha}`" if alpha != 1 else ""
        message = f"the layers inside {item.class_name}{why} are not known: sizes behind it are `?`"
        span = item.arg_spans.get("alpha", item.span)
        hint = "`validate --build` has Keras build it; 0.35, 0.5, 0.75 and 1 are among those known"
        self.findings.note(span, "unknown-application", message, hint=hint if why else "")


def _as_built(layer: LayerSpec, around: Analysis | None) -> Analysis | None:
    """What an earlier analysis says of an application as Keras builds it."""
    facts = None if around is None else around.layers.get(layer.name)
    inner = None if facts is None or facts.layer is not layer else facts.calls[0].nested
    return None if inner is None else inner.built or inner
