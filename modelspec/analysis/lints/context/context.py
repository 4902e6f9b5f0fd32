"""What the lints of one spec look at, computed once and only when a lint asks."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

from modelspec.analysis.arguments import keras_class
from modelspec.analysis.facts import Analysis
from modelspec.analysis.losses import TrainedOutput, trained_outputs
from modelspec.diagnostics import Related, Span
from modelspec.graph import Graph
from modelspec.layers.rule import Tensor
from modelspec.spec import Spec
from modelspec.spec.model import KerasObject

from .model_view import ModelView, layers_within


class Lint(NamedTuple):
    """One location that a lint complains about; it becomes a warning with the lint's code."""

    span: Span
    message: str
    hint: str = ""
    related: tuple[Related, ...] = ()


class LintContext:
    """A spec's model with its nested models, and the objectives of its outputs."""

    def __init__(self, spec: Spec, analysis: Analysis) -> None:
        self.spec = spec
        self.analysis = analysis

    @cached_property
    def models(self) -> tuple[ModelView, ...]:
        """The whole model first, then each nested model once."""
        return tuple(ModelView(analysis) for analysis in _analyses(self.analysis))

    @cached_property
    def kinds(self) -> frozenset[str]:
        """Keras's classes of all layers, including layers in arguments of layers."""
        return frozenset(keras_class(item) for _, item in self.layers)

    @cached_property
    def layers(self) -> tuple[tuple[ModelView, KerasObject], ...]:
        """All layers with their models, including layers in arguments of layers."""
        return tuple(
            (model, item)
            for model in self.models
            for layer in model.graph.layers.values()
            if layer.object.model is None
            for item in layers_within(layer.object)
        )

    @cached_property
    def outputs(self) -> tuple[TrainedOutput, ...]:
        """The outputs whose loss is known."""
        return trained_outputs(self.spec, self.analysis)

    @property
    def trains_all_outputs(self) -> bool:
        """Whether every output has a loss, so that the names of all logged values are known."""
        return len(self.outputs) == len(self.analysis.graph.output_names)


def _analyses(analysis: Analysis) -> Iterator[Analysis]:
    yield analysis
    seen: set[int] = set()
    for facts in analysis.layers.values():
        first = facts.calls[0]
        if first.nested is not None:
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
