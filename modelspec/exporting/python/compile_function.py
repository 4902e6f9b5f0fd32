"""The function that compiles a model as the `training` section says."""

from __future__ import annotations

import fnmatch
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

from modelspec.graph import Graph, TensorRef
from modelspec.spec.model import KerasObject
from modelspec.spec.training import PerOutput, TrainingSpec

from .module import Module
from .syntax import Group, Node, lay_out, text_literal
from .values import Values, literal, mapping, sequence

T = TypeVar("T")


def compile_lines(training: TrainingSpec, graph: Graph, module: Module) -> list[str]:
    """The statements of `compile_model(model)`; [] if the section does not fit the model."""
    values = Values(module, _no_model)
    try:
        arguments = _arguments(training, graph, values)
    except _UnclearError:
        return []
    compiled = Group("model.compile(", tuple(arguments), ")")
    frozen = _freeze(training.freeze, graph, "model.graph" if graph.losses else "model")
    return [*frozen, *lay_out("", compiled)]


class _UnclearError(Exception):
    """The section does not fit the model's outputs, which `train` reports."""


def _no_model(_: KerasObject, __: str) -> Node:
    raise _UnclearError


def _arguments(training: TrainingSpec, graph: Graph, values: Values) -> Iterator[tuple[str, Node]]:
    yield "optimizer=", values.keras_object(training.optimizer)
    if training.loss.by_name != {}:
        yield "loss=", _by_output(training.loss, graph, values.keras_object, "None")
    if training.loss_weights is not None:
        yield "loss_weights=", _by_output(training.loss_weights, graph, _weight, "1.0")

    def metrics(items: tuple[KerasObject, ...]) -> Node:
        return sequence(map(values.keras_object, items))

    if training.metrics is not None:
        yield "metrics=", _by_output(training.metrics, graph, metrics, "[]")
    if training.weighted_metrics is not None:
        yield "weighted_metrics=", _by_output(training.weighted_metrics, graph, metrics, "[]")
    if isinstance(training.steps_per_execution, int) and training.steps_per_execution > 1:
        yield "steps_per_execution=", literal(training.steps_per_execution)
    if isinstance(training.jit_compile, bool):
        yield "jit_compile=", literal(training.jit_compile)


def _weight(value: float) -> Node:
    return literal(float(value))  # of one output, Keras takes no integer


def _by_output(given: PerOutput[T], graph: Graph, write: Callable[[T], Node], absent: str) -> Node:
    """By name if Keras has the spec's names for the outputs, else in their order.

    Keras wants losses and their weights for all outputs: `absent` stands for one without.
    """
    names = graph.output_names
    if given.by_name is None:
        if len(names) > 1 or given.single is None:
            raise _UnclearError
        return write(given.single)
    if not set(given.by_name) <= set(names):
        raise _UnclearError
    if len(names) == 1:
        return write(given.by_name[names[0]])
    written = [write(given.by_name[name]) if name in given.by_name else absent for name in names]
    if has_keras_names(graph):
        return mapping(zip(names, written, strict=True))
    return sequence(written)


def has_keras_names(graph: Graph) -> bool:
    """Whether Keras has the spec's names for the outputs: the keys of a mapping, or layers."""
    if isinstance(graph.outputs, Mapping):
        return True
    refs = (graph.outputs,) if isinstance(graph.outputs, TensorRef) else graph.outputs
    makers = {call.name: call.layer for call in graph.calls}
    made = [makers.get(ref.source) for ref in refs if ref.index is None]
    return made == list(graph.output_names) and len(set(made)) == len(made)


def _freeze(patterns: tuple[str, ...], graph: Graph, model: str) -> list[str]:
    lines = []
    for path in _frozen(patterns, graph):
        getters = "".join(f".get_layer({text_literal(name)})" for name in path)
        lines.append(f"    {model}{getters}.trainable = False")
    return lines


def _frozen(patterns: tuple[str, ...], graph: Graph) -> Iterator[tuple[str, ...]]:
    """The paths of the layers that match a pattern; in a frozen model all layers are frozen."""
    for name, layer in graph.layers.items():
        if layer.object.class_name.startswith("ops."):
            continue
        if any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns):
            yield (name,)
        elif layer.object.model is not None:
            for path in _frozen(patterns, graph.nested_graph(layer.object)):
                yield (name, *path)


def unmatched_patterns(training: TrainingSpec, graph: Graph) -> list[str]:
    """Patterns of `freeze` that match no layer of the spec: they mean layers inside other layers,
    or those of an architecture of Keras."""
    named = set(_all_names(graph))
    return [p for p in training.freeze if not fnmatch.filter(sorted(named), p)]


def _all_names(graph: Graph) -> Iterator[Any]:
    for name, layer in graph.layers.items():
        yield name
        if layer.object.model is not None:
            yield from _all_names(graph.nested_graph(layer.object))
