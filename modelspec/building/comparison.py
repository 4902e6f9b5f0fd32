"""The analysis of a model compared with what Keras builds: a difference is a bug in modelspec.

Keras's symbolic pass states some shapes and dtypes that a run refutes. So where the analysis and
that pass differ, the model is run on zeros, and what it returns decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set
from dataclasses import replace
from functools import cache, partial
from math import prod
from typing import Any, NamedTuple

from modelspec.analysis import Analysis, LayerFacts, count_parameters, shape_text, tensors_of
from modelspec.diagnostics import Findings, Span, join_words
from modelspec.framework import all_layers, call_nodes, functional_of, run_graph
from modelspec.layers import traits_of
from modelspec.spec import Spec
from modelspec.spec.extensions import extension_objects, extensions_allowed

from .build import build_model
from .expectations import decide_expectations

REPORT_HINT = "this is a bug in modelspec, not an error in the spec: please report it with the spec"


class Difference(NamedTuple):
    """One difference between the analysis and Keras in a layer or in the model."""

    span: Span
    what: str
    said: str
    built: str

    def __str__(self) -> str:
        return f"{self.what}: the analysis says {self.said}, Keras builds {self.built}"


def compare_with_keras(spec: Spec, analysis: Analysis, findings: Findings) -> None:
    """Build the model of a spec and compare it with its analysis.

    Args:
        spec: without errors.
        analysis: of its model; what is not known there is not compared.
        findings: takes what Keras rejects, each difference, the expectations that the model
            decides, and a note where the model cannot be built because it needs an extension that
            may not be imported.

    Raises:
        CannotRunError: TensorFlow is missing.
    """
    classes = extension_objects(spec)
    if classes and not extensions_allowed():
        names = join_words(
            f"`{name}`" for name in dict.fromkeys(item.class_name for item in classes)
        )
        message = f"the model was not built: it needs {names} of an extension"
        hint = "add --allow-extensions"
        findings.note(classes[0].span, "not-built", message, hint=hint)
        return
    import keras

    model = build_model(spec, analysis.graph, findings)
    if model is not None:
        for difference in find_differences(analysis, model):
            findings.error(difference.span, "analysis-disagrees", str(difference), hint=REPORT_HINT)
        decide_expectations(spec, analysis, model, findings)
    keras.backend.clear_session()  # a thousand models of a thousand files would not fit


def find_differences(analysis: Analysis, model: Any) -> list[Difference]:
    """Where an analysis and the built model differ, layer by layer, nested ones too.

    Args:
        analysis: what is None in it is not compared.
        model: the `keras.Sequential` or `keras.Model` of its graph, fresh from building: a layer in
            it that has yet to learn from data learns something, so that the model runs.
    """
    analysis = _of_saved_model(analysis)
    found = list(_of_model(analysis, model, frozen=False))
    weights = analysis.weights
    if weights is None or found:
        return found
    figures = (
        ("params", count_parameters(weights), model.count_params()),
        (
            "trained params",
            count_parameters(w for w in weights if w.trainable),
            _size(model.trainable_weights),
        ),
    )
    return [
        Difference(analysis.graph.span, f"the model's {what}", f"{said:,}", f"{built:,}")
        for what, said, built in figures
        if said != built
    ]


def _of_saved_model(analysis: Analysis) -> Analysis:
    """Without what only the losses depend on, such as the discriminator of a gan."""
    graph = analysis.graph.for_outputs()
    layers = {name: facts for name, facts in analysis.layers.items() if name in graph.layers}
    return replace(analysis, graph=graph, layers=layers)


def _of_model(analysis: Analysis, model: Any, *, frozen: bool) -> Iterator[Difference]:
    """`frozen` where a model around this one sets `trainable: false`, which Keras hands down."""
    functional = functional_of(model)
    operations = {operation.name: operation for operation in functional.operations}
    run = cache(partial(_first_results, functional))
    trained = {id(weight) for weight in model.trainable_weights}
    constants = analysis.graph.constants()
    for name, facts in analysis.layers.items():
        if name in constants:
            continue
        span, shown = facts.layer.span, f'"{name}" ({facts.layer.object.class_name})'
        made = operations.get(name)
        if made is None:
            yield Difference(span, shown, "there is such a layer", "none of that name")
            continue
        symbolic = list(_of_outputs(facts, made))
        ran = run().get(name) if symbolic else None
        if ran is None or not _agree(facts, ran):
            yield from (Difference(span, f"{shown}, {what}", *both) for what, *both in symbolic)
        for what, said, built in _of_counts(facts, made, trained, frozen=frozen):
            yield Difference(span, f"{shown}, {what}", said, built)
        inner = facts.calls[0].nested
        if inner is not None:
            below = frozen or facts.layer.object.args.get("trainable") is False
            yield from _of_model(inner.built or inner, made, frozen=below)


def _of_outputs(facts: LayerFacts, made: Any) -> Iterator[tuple[str, str, str]]:
    """How the outputs of the first call differ, by the analysis and in Keras's symbolic pass."""
    import keras

    nodes = [node for node in call_nodes(made) if node.output_tensors]
    said = list(tensors_of(facts.calls[0].output))
    if nodes and None not in said:
        built = [_tensor(tensor) for tensor in keras.tree.flatten(nodes[0].output_tensors)]
        known = sorted((_tensor(tensor) for tensor in said), key=str)
        built.sort(key=str)  # the results of a dict have no order
        if [shape for shape, _ in known] != [shape for shape, _ in built]:
            yield "output shape", _shapes(known), _shapes(built)
        elif known != built:
            yield "output dtype", _dtypes(known), _dtypes(built)


BATCH = 2
UNKNOWN_SIZE = 16
"""What an unknown size is in a run."""


def _first_results(functional: Any) -> dict[str, list[Any]]:
    """What the first call of each layer returns on zeros; empty where the model cannot run so."""
    import keras

    results: dict[str, list[Any]] = {}

    def record(operation: Any) -> Any:
        def call(*args: Any, **kwargs: Any) -> Any:
            result = operation(*args, **kwargs)
            results.setdefault(operation.name, keras.tree.flatten(result))
            return result

        return call

    try:
        for layer in all_layers(functional, include_self=False):
            _learn_anything(layer)
        run_graph(functional, keras.tree.map_structure(_zeros, functional.input), record)
    except Exception:  # a size that does not fit, say
        return {}
    return results


def _learn_anything(layer: Any) -> None:
    """Adapt a layer that computes nothing before it has learned: a lookup without vocabulary."""
    import numpy as np

    traits = traits_of(type(layer).__name__)
    if not traits.must_adapt or layer.get_config().get(traits.adapted_argument) is not None:
        return
    try:
        layer.adapt(np.array([["word"]]))
    except Exception:  # it takes numbers
        layer.adapt(np.array([[0], [1]]))


def _zeros(tensor: Any) -> Any:
    import tensorflow as tf

    sizes = [BATCH if axis == 0 else UNKNOWN_SIZE for axis in range(len(tensor.shape))]
    shape = [size if size is not None else sizes[axis] for axis, size in enumerate(tensor.shape)]
    return tf.zeros(shape, tensor.dtype)


def _agree(facts: LayerFacts, ran: list[Any]) -> bool:
    """Whether the analysis states what a run returned; an unknown size agrees with each."""
    said = [tensor for tensor in tensors_of(facts.calls[0].output) if tensor is not None]
    if len(said) != len(ran):
        return False

    def order(tensor: Any) -> tuple[int, str]:
        return len(tensor.shape), str(tuple(tensor.shape)[1:])

    return all(
        len(one.shape) == len(other.shape)
        and one.dtype == other.dtype.name
        and all(a in (None, b) for a, b in zip(one.shape, other.shape, strict=True))
        for one, other in zip(sorted(said, key=order), sorted(ran, key=order), strict=True)
    )


def _of_counts(
    facts: LayerFacts, made: Any, trained: Set[int], *, frozen: bool
) -> Iterator[tuple[str, str, str]]:
    """How the numbers of parameters differ, by the analysis and as built.

    Args:
        facts: of the layer.
        made: the layer.
        trained: the `id` of each weight that the model trains: a wrapper that says it is frozen
            has such weights inside.
        frozen: whether a model around the layer is.
    """
    if facts.params is not None:
        params = made.count_params() if hasattr(made, "count_params") else 0
        if params != facts.params:
            yield "params", f"{facts.params:,}", f"{params:,}"
        built = _size(w for w in getattr(made, "weights", ()) if id(w) in trained)
        if not frozen and facts.trainable != built:
            yield "trained params", f"{facts.trainable:,}", f"{built:,}"


def _tensor(tensor: Any) -> tuple[tuple[int | None, ...], str]:
    """Shape and dtype; the batch axis is left open, as a stated `batch_size` is not carried on."""
    shape = tuple(tensor.shape)
    return (None, *shape[1:]) if shape else (), str(tensor.dtype)


def _shapes(tensors: Iterable[tuple[tuple[int | None, ...], str]]) -> str:
    return join_words((shape_text(shape) for shape, _ in tensors), "and")


def _dtypes(tensors: Iterable[tuple[tuple[int | None, ...], str]]) -> str:
    return join_words((dtype for _, dtype in tensors), "and")


def _size(weights: Iterable[Any]) -> int:
    return sum(prod(weight.shape) for weight in weights)
