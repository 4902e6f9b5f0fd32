"""The tensor behind each name in an edge or in `outputs`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from modelspec.diagnostics import Findings, Related, Span, did_you_mean, join_words, suggest
from modelspec.spec.model import Edge, FunctionalSpec, TensorName, is_op

from .graph import TensorRef
from .sourceless import sourceless_layers


class Resolver:
    """The names of one functional model: inputs, layers with their calls, and named results."""

    def __init__(self, model: FunctionalSpec, findings: Findings, *, complete: bool) -> None:
        self.model = model
        self.findings = findings
        self.complete = complete
        self.inputs = {entry.name: entry.span for entry in model.inputs}
        self.layers = {layer.name: layer for layer in model.layers}
        self.results: dict[str, TensorRef] = {}
        self.calls: dict[str, list[Edge]] = {name: [] for name in self.layers}
        self.unnamed: set[str] = set()
        self.sourceless = sourceless_layers(model)
        self.left_out = model.left_out
        self.reported: set[Span] = set()
        for edge in model.edges:
            self._register(edge)

    def _register(self, edge: Edge) -> None:
        if edge.layer not in self.calls:
            return
        if not edge.names:
            self.unnamed.add(edge.layer)
            return
        self.calls[edge.layer].append(edge)
        several = len(edge.names) > 1
        for index, name in enumerate(edge.names):
            self.results[name] = TensorRef(edge.names[0], index if several else None, name)

    def structure(self, value: Any) -> Any:
        """A nested structure of names as TensorRefs; None for a name that is wrong."""
        if isinstance(value, TensorName):
            return self.ref(value)
        if isinstance(value, Mapping):
            return {key: self.structure(item) for key, item in value.items()}
        if isinstance(value, tuple):
            return tuple(self.structure(item) for item in value)
        return None

    def ref(self, ref: TensorName) -> TensorRef | None:
        """The tensor of a name; None with a finding where there is none."""
        if ref.name in self.results:
            found: TensorRef | None = self.results[ref.name]
        elif ref.name in self.inputs:
            found = TensorRef(ref.name)
        elif ref.name in self.layers:
            found = self._layer(ref)
        else:
            self._undefined(ref)
            return None
        if found is None or ref.index is None:
            return found
        if found.index is not None:
            message = f'"{ref.name}" is a single tensor, so it takes no index'
            hint = "remove the index; `ops.get_item` takes a part of a tensor"
            self.findings.error(ref.span, "index-of-tensor", message, hint=hint)
            return None
        return TensorRef(found.source, ref.index, f"{ref.name}[{ref.index}]")

    def _layer(self, ref: TensorName) -> TensorRef | None:
        named, layer = self.calls[ref.name], self.layers[ref.name]
        if ref.name in self.sourceless:
            return TensorRef(ref.name, None, ref.name)
        if len(named) + (ref.name in self.unnamed) == 1:
            return TensorRef(named[0].names[0] if named else ref.name, None, ref.name)
        if not named:
            if self.reported or not self.complete:
                return None  # an edge that cannot be read may be the one into this layer
            message = f'no edge leads into the layer "{ref.name}", so it has no result'
            related = (Related(layer.span, f'"{ref.name}" is defined here'),)
            hint = f'add an edge such as "x -> {ref.name}"'
            if is_op(layer):
                hint += "; ops.array makes a tensor of a list of numbers"
            self.findings.error(ref.span, "no-edge-into-layer", message, hint=hint, related=related)
            return None
        names = [name for edge in named for name in edge.names]
        message = f'the layer "{ref.name}" is called several times, so its name is ambiguous'
        calls = tuple(Related(e.span, f'a call, named "{e.names[0]}"') for e in named)
        hint = f"use the name of a result: {join_words(names, 'or')}"
        self.findings.error(ref.span, "ambiguous-result", message, hint=hint, related=calls)
        return None

    def _undefined(self, ref: TensorName) -> None:
        if ref.span in self.reported:  # in a chain, a step is the source of the next one
            return
        if ref.name in self.left_out:
            message = f'the layer "{ref.name}" is left out: its `when` is false'
            hint = "name a layer that is there"
            self.findings.error(ref.span, "undefined-name", message, hint=hint)
            return
        known = [*self.inputs, *self.layers, *self.results]
        close = suggest(ref.name, known)
        message = f'there is no input, layer or result "{ref.name}"{close.text}'
        hint = f"defined here: {join_words(known, most=20)}"
        self.findings.error(ref.span, "undefined-name", message, hint=hint, replace=close.replace)

    def target(self, edge: Edge) -> bool:
        """Whether the layer that an edge leads into exists; a finding where it does not."""
        if edge.layer in self.layers:
            return True
        self.reported.add(edge.span)
        if edge.layer in self.inputs or edge.layer in self.results:
            what = "an input" if edge.layer in self.inputs else "the name of a result"
            message = f'"{edge.layer}" is {what}, and an edge must lead into a layer'
            first = self.inputs.get(edge.layer)
            related = (Related(first, "defined here"),) if first is not None else ()
            self.findings.error(edge.span, "not-a-layer", message, related=related)
            return False
        close = did_you_mean(edge.layer, self.layers)
        message = f'there is no layer "{edge.layer}"{close}'
        hint = f"add it to `layers`, which has {join_words(self.layers, most=20) or 'none'}"
        self.findings.error(edge.span, "undefined-name", message, hint=hint)
        return False

    def outputs(self) -> tuple[Any, tuple[str, ...], tuple[Span, ...]]:
        """The outputs, their names and their locations."""
        written = self.model.outputs
        if isinstance(written, Mapping):
            refs = [ref for ref in written.values() if isinstance(ref, TensorName)]
            spans = tuple(ref.span for ref in refs)
            return self.structure(written), tuple(written), spans
        refs = [written] if isinstance(written, TensorName) else [r for r in written or () if r]
        return self.structure(written), tuple(map(str, refs)), tuple(ref.span for ref in refs)
