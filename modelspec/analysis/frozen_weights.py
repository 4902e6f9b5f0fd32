"""Layers by their paths through nested models, and what `freeze` makes of their weights."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from modelspec.graph import Graph
from modelspec.spec.model import LayerSpec
from modelspec.spec.phases import FreezePatterns, LayerPath

from .facts import Analysis, LayerFacts


def layer_paths(analysis: Analysis) -> Iterator[LayerPath]:
    """The paths of all layers, those of models and applications inside after the model."""
    for path, _ in _layers_of(analysis, ()):
        yield path


def _layers_of(analysis: Analysis, around: LayerPath) -> Iterator[tuple[LayerPath, LayerSpec]]:
    for name, layer in analysis.graph.layers.items():
        path = (*around, name)
        yield path, layer
        facts = analysis.layers.get(name)
        inner = None if facts is None else facts.calls[0].nested
        if inner is not None:
            yield from _layers_of(inner, path)
        elif layer.object.model is not None:
            yield from _layers_in(analysis.graph.nested_graph(layer.object), path)


def _layers_in(graph: Graph, around: LayerPath) -> Iterator[tuple[LayerPath, LayerSpec]]:
    """The layers of a model of which only the graph is known."""
    for name, layer in graph.layers.items():
        path = (*around, name)
        yield path, layer
        if layer.object.model is not None:
            yield from _layers_in(graph.nested_graph(layer.object), path)


def weight_paths(analysis: Analysis, around: LayerPath = ()) -> Iterator[tuple[LayerPath, str]]:
    """The path of its layer, and the name, of each weight."""
    for name, facts in analysis.layers.items():
        inner = facts.calls[0].nested
        if inner is not None:
            yield from weight_paths(inner, (*around, name))
            continue
        for weight in facts.weights or ():
            yield (*around, name), weight.name


def with_frozen_weights(analysis: Analysis, *phases: FreezePatterns) -> Analysis:
    """The same analysis, with the weights that are frozen in all phases not trained.

    Args:
        analysis: of the model.
        phases: what each freezes; at least one.
    """
    if not any(phases):
        return analysis
    return _Freezer(phases, {}).frozen(analysis, (), (False,) * len(phases))


class _Freezer(NamedTuple):
    """`made` has the result for each analysis, by its `id`: several calls may share one.

    In each phase a layer is frozen or not, and so is what is inside it, but for exceptions.
    """

    phases: tuple[FreezePatterns, ...]
    made: dict[int, Analysis]

    def frozen(self, analysis: Analysis, around: LayerPath, inside: tuple[bool, ...]) -> Analysis:
        if id(analysis) not in self.made:
            layers = {
                name: self.layer(facts, (*around, name), inside)
                for name, facts in analysis.layers.items()
            }
            self.made[id(analysis)] = replace(analysis, layers=layers)
        return self.made[id(analysis)]

    def layer(self, facts: LayerFacts, path: LayerPath, inside: tuple[bool, ...]) -> LayerFacts:
        pairs = zip(self.phases, inside, strict=True)
        frozen = tuple(freeze.freezes(path, inside=within) for freeze, within in pairs)
        if facts.calls[0].nested is None:
            if not all(frozen) or facts.weights is None:
                return facts
            return replace(facts, weights=tuple(replace(w, trainable=False) for w in facts.weights))
        calls = tuple(
            call
            if call.nested is None
            else replace(call, nested=self.frozen(call.nested, path, frozen))
            for call in facts.calls
        )
        first = calls[0].nested
        inner = None if first is None else first.weights
        if facts.weights is not None and inner is not None:  # the model may say `trainable: false`
            weights = zip(facts.weights, inner, strict=True)
            inner = tuple(
                replace(own, trainable=own.trainable and one.trainable) for own, one in weights
            )
        return replace(facts, weights=inner, calls=calls)


def frozen_layers(analysis: Analysis, freeze: FreezePatterns) -> Iterator[LayerSpec]:
    """The frozen layers of a model, also those in models and applications inside it."""
    frozen = set[LayerPath]()
    for path, layer in _layers_of(analysis, ()):
        if freeze.freezes(path, inside=path[:-1] in frozen):
            frozen.add(path)
            yield layer
