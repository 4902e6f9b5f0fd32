"""The function that compiles a model as the `training` section says."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from dataclasses import replace
from typing import TypeVar

from modelspec.diagnostics import Findings, SpecError
from modelspec.graph import Graph, TensorRef
from modelspec.spec.model import KerasObject, LayerSpec
from modelspec.spec.phases import EXCEPTION, FreezePatterns, LayerPath, job_texts, matches
from modelspec.spec.training import PerOutput, TrainingSpec

from .module import Module
from .syntax import Group, Node, lay_out, text_literal
from .values import Values, literal, mapping, sequence

T = TypeVar("T")


def compile_lines(training: TrainingSpec, graph: Graph, module: Module) -> list[str]:
    """The statements of `compile_model(model)`, or of the function of a later phase; [] if the
    section does not fit the model."""
    values = Values(module, no_model)
    _refuse_job_values(training)
    try:
        arguments = _arguments(training, graph, values)
    except _UnclearError:
        return []
    compiled = Group("model.compile(", tuple(arguments), ")")
    model = "model.graph" if graph.losses else "model"
    frozen = list(_flags(_frozen(training.freeze, graph), model))
    if training.phase > 1:
        own = _flags(_made_frozen(graph), model)
        frozen = list(dict.fromkeys([f"    {model}.trainable = True", *own, *frozen]))
    return [*_comments(training, graph), *frozen, *lay_out("", compiled)]


def _comments(training: TrainingSpec, graph: Graph) -> Iterator[str]:
    """What the statements do not say."""
    for pattern in _unmatched_patterns(training.freeze, graph):
        yield f"    # the spec freezes the inner layers {text_literal(pattern)} too"
    rates = training.learning_rates
    for pattern, factor in {} if rates is None else rates.factors.items():
        yield f"    # in the spec {text_literal(pattern)} learn at {factor:g} of the rate, which"
        yield "    # Keras's compile cannot say"
    if training.schedule is not None:
        yield f"    # in the spec the rate is {training.schedule.text}"
        yield "    # a keras.callbacks.LearningRateScheduler of your own can set it"
    if training.distribute is not None:
        yield f"    # in the spec the rows of each batch are divided: {training.distribute.engine}"
    if training.exclude_from_weight_decay is not None:
        for pattern in training.exclude_from_weight_decay.patterns:
            yield f"    # the spec decays no weights called {text_literal(pattern)}"


def _refuse_job_values(training: TrainingSpec) -> None:
    """Refuse expressions of sizes that only the data tell.

    Raises:
        SpecError: the optimizer has one.
    """
    findings = Findings()
    texts = job_texts(replace(training, callbacks=()))
    for text, span in dict.fromkeys((each.text, each.span) for each in texts):
        message = f"`{text}` is known with the data, which a Python file of the model does not read"
        hint = "write the number, such as with --set, for this export"
        findings.error(span, "not-in-python", message, hint=hint)
    if findings.has_errors:
        raise SpecError(findings.sorted())


class _UnclearError(Exception):
    """The section does not fit the model's outputs, which `train` reports."""


def no_model(_: KerasObject, __: str) -> Node:
    """For `Values` where no model can be an argument."""
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


def _flags(paths: Iterable[LayerPath], model: str) -> Iterator[str]:
    for path in paths:
        getters = "".join(f".get_layer({text_literal(name)})" for name in path)
        yield f"    {model}{getters}.trainable = False"


def _frozen(freeze: FreezePatterns, graph: Graph) -> Iterator[LayerPath]:
    """The paths of the frozen layers: of a model for all of its layers, if all of them are."""
    paths = [path for path, _ in _layers(graph, ())]
    frozen = freeze.frozen_paths(paths)
    in_parts = {path[:n] for path in paths if path not in frozen for n in range(1, len(path))}
    for path in paths:
        if path in frozen and path not in in_parts and not _is_whole(path[:-1], frozen, in_parts):
            yield path


def _is_whole(path: LayerPath, frozen: Set[LayerPath], in_parts: Set[LayerPath]) -> bool:
    return path in frozen and path not in in_parts


def _made_frozen(graph: Graph) -> Iterator[LayerPath]:
    """The layers that the spec itself makes so."""
    for path, layer in _layers(graph, ()):
        if layer.object.args.get("trainable") is False:
            yield path


def _layers(graph: Graph, around: LayerPath) -> Iterator[tuple[LayerPath, LayerSpec]]:
    """The layers with their paths, those of nested models after the model."""
    for name, layer in graph.layers.items():
        if layer.object.class_name.startswith("ops."):
            continue
        yield (*around, name), layer
        inside = graph.graph_inside(layer)
        if inside is not None:
            yield from _layers(inside, (*around, name))


def _unmatched_patterns(freeze: FreezePatterns, graph: Graph) -> Iterator[str]:
    """Patterns that match no layer of the spec: they mean layers inside other layers, or those of
    an architecture of Keras."""
    paths = [path for path, _ in _layers(graph, ())]
    for pattern in freeze.patterns:
        if not any(matches(pattern.removeprefix(EXCEPTION), path) for path in paths):
            yield pattern
