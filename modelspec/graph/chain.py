"""Whether a graph is one chain of layers, as a Sequential model is; else its first branch."""

from __future__ import annotations

from typing import Any, NamedTuple

from modelspec.diagnostics import Findings, Related, Span
from modelspec.spec.model import LayerSpec

from .graph import Call, Graph, TensorRef, flatten


class ChainReader(NamedTuple):
    """A reader of a result: a call, or the model's outputs (`call` is None)."""

    name: str
    span: Span
    call: Call | None


def chain_of(graph: Graph, findings: Findings) -> list[LayerSpec] | None:
    """The layers of a functional graph in their order.

    Args:
        graph: the graph.
        findings: where it is not a chain, takes one finding, where it first branches.

    Returns:
        The layers from the input to the output, or None.
    """
    return _Walk(graph, findings).layers()


class _Walk:
    def __init__(self, graph: Graph, findings: Findings) -> None:
        self.graph = graph
        self.findings = findings
        self.before = findings.error_count
        self.calls: dict[str, Call] = {}
        self.readers: dict[str, list[ChainReader]] = {}
        for call in graph.calls:
            for ref in call.reads():
                self._note(ref, ChainReader(f'"{call.layer}"', call.span, call))
        for ref, span in zip(flatten(graph.outputs), graph.output_spans, strict=True):
            self._note(ref, ChainReader("the outputs", span, None))

    def _note(self, ref: TensorRef, reader: ChainReader) -> None:
        readers = self.readers.setdefault(ref.source, [])
        if reader.call is None or not any(known.call is reader.call for known in readers):
            readers.append(reader)

    def layers(self) -> list[LayerSpec] | None:
        first, *others = self.graph.inputs
        if others:
            message = f"a Sequential model has one input, and this model has {1 + len(others)}"
            self._refuse(others[0].span, message, first.span, f'the first input, "{first.name}"')
            return None
        found: list[LayerSpec] = []
        source, span = first.name, first.span
        while True:
            call = self._next(source)
            if call is None:
                break
            layer = self.graph.layers[call.layer]
            if not self._fits(call, layer, span):
                return None
            self.calls[call.layer] = call
            found.append(layer)
            source, span = call.name, layer.span
        return found if self._ends(source, found) else None

    def _next(self, source: str) -> Call | None:
        """The one call that takes a result; None at the end of the chain, or where it branches."""
        first, *others = self.readers[source]
        if not others:
            return first.call
        message = f'"{source}" goes to {first.name} and to {others[0].name}'
        self._refuse(others[0].span, message, first.span, f"{first.name} takes it first")
        return None

    def _fits(self, call: Call, layer: LayerSpec, before: Span) -> bool:
        """Whether a Sequential model could make the call: of a new layer, on one whole tensor."""
        message, span, told = "", before, "the layer before it"
        refs = list(call.reads())
        if call.layer in self.calls:
            message = (
                f'"{call.layer}" is called twice, and a Sequential model calls each layer once'
            )
            span, told = self.calls[call.layer].span, "the first call"
        elif layer.object.class_name.startswith("ops."):
            message = (
                f'"{layer.name}" is a function of keras.ops, which a Sequential model cannot have'
            )
            span, told = layer.span, "defined here"
        elif len(refs) > 1:
            message = f'"{call.layer}" takes {len(refs)} tensors'
            span, told = self._place(refs[1]), f'one of them is "{refs[1].source}"'
        elif refs[0].index is not None:
            message = f'"{call.layer}" takes one of several results of "{refs[0].source}"'
        elif call.named or not isinstance(call.positional[0], TensorRef):
            how = "by name" if call.named else "in a list or a mapping"
            message = f'"{call.layer}" takes its tensor {how}, not as its only argument'
        elif call.arguments:
            message = f'the call of "{call.layer}" has the argument `{next(iter(call.arguments))}`'
            span, told = layer.span, "defined here"
        if message:
            self._refuse(call.span, message, span, told)
        return not message

    def _place(self, ref: TensorRef) -> Span:
        for entry in self.graph.inputs:
            if entry.name == ref.source:
                return entry.span
        makers = {call.name: call.layer for call in self.graph.calls}
        return self.graph.layers[makers[ref.source]].span

    def _ends(self, source: str, found: list[LayerSpec]) -> bool:
        """Whether the model takes one tensor and returns the last layer's whole result."""
        if self.findings.error_count > self.before:
            return False
        outputs: Any = self.graph.outputs
        last = found[-1] if found else None
        message = ""
        if last is None:
            message = (
                f'the output is the input "{source}" itself, and a Sequential model needs a layer'
            )
        elif not isinstance(outputs, TensorRef):
            kind = "list" if isinstance(outputs, tuple) else "mapping"
            message = f"the outputs are a {kind}, and a Sequential model returns one tensor"
        elif outputs.index is not None:
            message = f'the output is one of several results of "{last.name}"'
        elif self.graph.input_structure != "single":
            kind = self.graph.input_structure
            message = f"the model takes a {kind} of inputs, and a Sequential model takes one tensor"
        if message:
            span = self.graph.inputs[0].span if last is None else last.span
            self._refuse(self.graph.output_spans[0], message, span, "where the chain ends")
        return not message

    def _refuse(self, span: Span, message: str, other: Span, told: str) -> None:
        text = f"the model is not a chain of layers: {message}"
        hint = "keep it `functional`: a Sequential model is one chain of layers"
        self.findings.error(span, "not-a-chain", text, hint=hint, related=(Related(other, told),))
