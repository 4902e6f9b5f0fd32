"""The function that compiles a model as the `training` section says."""

from __future__ import annotations

import fnmatch
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

from modelspec.graph import Graph, TensorRef
from modelspec.spec.model import KerasObject
from modelspec.spec.training import PerOutput, TrainingSpec

from .layout import Group, Node, lay
from .module import Module
from .names import text_literal
from .values import Values, mapping, plain, sequence

T = TypeVar("T")


def compile_lines(training: TrainingSpec, graph: Graph, module: Module) -> list[str]:
    """The statements of `compile_model(model)`; [] where Keras could not be told so."""
    values = Values(module, _no_model)
    try:
        arguments = _arguments(training, graph, values)
    except _UnclearError:
        return []
    compiled = Group("model.compile(", tuple(arguments), ")")
    return [*_freeze(training.freeze, graph), *lay("", compiled)]


class _UnclearError(Exception):
    """What the section says does not fit the model's outputs; `train` says so."""


def _no_model(_: KerasObject, __: str) -> Node:
    raise _UnclearError


def _arguments(training: TrainingSpec, graph: Graph, values: Values) -> Iterator[tuple[str, Node]]:
    yield "optimizer=", values.made(training.optimizer)
    yield "loss=", _by_output(training.loss, graph, values.made)
    if training.loss_weights is not None:
        yield "loss_weights=", _by_output(training.loss_weights, graph, _weight)
    if training.metrics is not None:

        def metrics(items: tuple[KerasObject, ...]) -> Node:
            return sequence(map(values.made, items))

        yield "metrics=", _by_output(training.metrics, graph, metrics)
    if isinstance(training.steps_per_execution, int) and training.steps_per_execution > 1:
        yield "steps_per_execution=", plain(training.steps_per_execution)
    if isinstance(training.jit_compile, bool):
        yield "jit_compile=", plain(training.jit_compile)


def _weight(value: float) -> Node:
    return plain(value)


def _by_output(given: PerOutput[T], graph: Graph, write: Callable[[T], Node]) -> Node:
    """By name where Keras knows the outputs by the spec's names, else in their order."""
    names = graph.output_names
    if given.by_name is None:
        if len(names) > 1 or given.single is None:
            raise _UnclearError
        return write(given.single)
    if not set(given.by_name) <= set(names):
        raise _UnclearError
    if len(names) == 1:
        return write(given.by_name[names[0]])
    written = {name: write(given.by_name[name]) for name in names if name in given.by_name}
    if keras_knows(graph):
        return mapping(written.items())
    return sequence(written.get(name, "None") for name in names)


def keras_knows(graph: Graph) -> bool:
    """Whether Keras's names of the outputs are the spec's: the keys of a mapping, or layers."""
    if isinstance(graph.outputs, Mapping):
        return True
    refs = (graph.outputs,) if isinstance(graph.outputs, TensorRef) else graph.outputs
    makers = {call.name: call.layer for call in graph.calls}
    made = [makers.get(ref.source) for ref in refs if ref.index is None]
    return made == list(graph.output_names) and len(set(made)) == len(made)


def _freeze(patterns: tuple[str, ...], graph: Graph) -> list[str]:
    lines = []
    for path in _frozen(patterns, graph):
        getters = "".join(f".get_layer({text_literal(name)})" for name in path)
        lines.append(f"    model{getters}.trainable = False")
    return lines


def _frozen(patterns: tuple[str, ...], graph: Graph) -> Iterator[tuple[str, ...]]:
    """The ways to the layers that a pattern names. A frozen model's layers are frozen with it."""
    for name, layer in graph.layers.items():
        if layer.object.class_name.startswith("ops."):
            continue
        if any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns):
            yield (name,)
        elif layer.object.model is not None:
            for path in _frozen(patterns, graph.nested_graph(layer.object)):
                yield (name, *path)


def unsaid(training: TrainingSpec, graph: Graph) -> list[str]:
    """Patterns of `freeze` that match none of the layers which the spec names: they mean layers
    inside others, or of an architecture of Keras's."""
    named = set(_all_names(graph))
    return [p for p in training.freeze if not fnmatch.filter(sorted(named), p)]


def _all_names(graph: Graph) -> Iterator[Any]:
    for name, layer in graph.layers.items():
        yield name
        if layer.object.model is not None:
            yield from _all_names(graph.nested_graph(layer.object))
