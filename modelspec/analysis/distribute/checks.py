"""What of a spec cannot be divided over workers, each of which has a share of the rows of a batch.

The model runs on these rows alone. What it predicts is brought together, so that losses and metrics
see the whole batch, whatever they compare.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from modelspec.analysis.arguments import keras_class
from modelspec.analysis.facts import Analysis
from modelspec.analysis.shapes import analyze
from modelspec.diagnostics import Findings, Related, Span
from modelspec.document import LocatedDict, value_span
from modelspec.layers.rule import Policy, Tensor
from modelspec.spec import Spec
from modelspec.spec.model import KerasObject, objects_in
from modelspec.spec.training import TrainingSpec

from .rows import calls_across_rows

CODE = "cannot-be-divided"
EMPTY_SHARE = "share-without-examples"

CALLBACKS = {
    "OrbaxCheckpoint": (
        "all processes write its files together, and the first one alone writes the run folder",
        "remove it: a run can be resumed without it, and `checkpoint: {keep: 3}` keeps models",
    ),
}
"""Callbacks of Keras that cannot be divided: why, and what to do."""

SUMS_OVER_ROWS = frozenset(("L1", "L1L2", "L2"))
"""Regularizers that are sums over the values of an activity, and so over the rows: Keras divides
them by the rows."""

_SHARE = "a worker has a share of its rows"


def check_distribution(
    spec: Spec, analysis: Analysis, policy: Policy | None, findings: Findings
) -> None:
    """Check that several workers can train a spec.

    Args:
        spec: one without `distribute` is not checked where the number of workers is not known.
        analysis: of its model.
        policy: the dtype policy of the model.
        findings: takes an error for each part that needs all rows of a batch.
    """
    training = spec.training
    if training is None or not spec.is_divided:
        return
    related = _where_divided(training)
    for span, message, hint in (
        *_steps(spec, training),
        *_callbacks(training),
        *_layers(analysis, policy),
        *_of_rows(training, analysis, policy),
    ):
        findings.error(span, CODE, message, hint=hint, related=related)
    check_batch_size(spec, findings)


Complaint = tuple[Span, str, str]
"""Where, the message, and the hint."""


def _where_divided(training: TrainingSpec) -> tuple[Related, ...]:
    given = training.distribute
    return () if given is None else (Related(given.span, "the batches are divided here"),)


def _steps(spec: Spec, training: TrainingSpec) -> Iterator[Complaint]:
    """Ways of training whose steps cannot be divided."""
    section = spec.document["training"]
    if training.jit_compile is True:
        message = (
            "`jit_compile: true` cannot be divided: XLA does not compile what workers exchange"
        )
        span = value_span(section, "jit_compile", section.span)
        yield span, f"{message} within a step", "remove it"
    to_one = "train without `--workers`" if training.distribute is None else "remove `distribute`"
    given = {"gan": training.gan, "trainer": training.trainer}
    for key in (key for key, value in given.items() if value is not None):
        message = f"`{key}` cannot be divided: its steps see no other rows than their own"
        yield section.key_spans.get(key, section.span), message, to_one


def _callbacks(training: TrainingSpec) -> Iterator[Complaint]:
    every = [callback for phase in training.each_phase for callback in phase.callbacks]
    for callback in {callback.span: callback for callback in every}.values():
        kind = keras_class(callback)
        if kind in CALLBACKS:
            why, hint = CALLBACKS[kind]
            yield callback.span, f"{kind} cannot be divided: {why}", hint


def _layers(analysis: Analysis, policy: Policy | None) -> Iterator[Complaint]:
    """Layers that need a whole batch."""
    for layer in analysis.graph.layers.values():
        for item in objects_in(layer.object):
            yield from _of_object(item)
    for facts in analysis.layers.values():
        for call in facts.calls:
            if call.least_batch > 1:
                name, kind = facts.layer.name, facts.layer.object.class_name
                message = f'"{name}" ({kind}) looks along the batch, and {_SHARE}'
                hint = "name an axis from 1 on, which each example has by itself"
                yield call.call.span, message, hint
    if any(entry.batch_size for entry in analysis.graph.inputs):
        yield from _of_batch_size(analysis, policy)


def _of_rows(
    training: TrainingSpec, analysis: Analysis, policy: Policy | None
) -> Iterator[Complaint]:
    """Losses of the graph with one value for all rows, and calls that bring rows together."""
    graph = analysis.graph
    sizes = {None, *(entry.batch_size for entry in graph.inputs)}
    whole = set()
    for name, ref in graph.losses.items():
        tensor = analysis.tensors.get(ref.source) if ref.index is None else None
        if isinstance(tensor, Tensor) and (not tensor.shape or tensor.shape[0] not in sizes):
            whole.add(ref.source)
            message = f"the loss `{name}` is one value for all rows of a batch, and {_SHARE}"
            hint = "compute a value for each example: training takes the mean of them"
            yield training.losses[name].span, message, hint
    if sizes != {None}:  # shares are smaller than what is stated
        inputs = tuple(replace(entry, batch_size=None) for entry in graph.inputs)
        analysis = analyze(replace(graph, inputs=inputs), Findings(), policy)
    for layer, call in calls_across_rows(analysis):
        if call.name not in whole:
            message = f"{layer.label} computes with several examples of the batch, and {_SHARE}"
            hint = "name axes from 1 on where that is not meant, or train with one worker"
            yield call.span, message, hint


def _of_batch_size(analysis: Analysis, policy: Policy | None) -> Iterator[Complaint]:
    """Few models state the size of a batch; the first imports what finds out who needs it."""
    from modelspec.analysis.sizes import WORKS_FOR, bound_to_size, fixed_batch_size

    size = fixed_batch_size(analysis.graph)
    for words, span in bound_to_size(analysis.graph, policy):
        is_state = words != WORKS_FOR
        hint = "remove `stateful: true`" if is_state else "use a layer for batches of any size"
        yield span, f"{words} batches of {size}, and {_SHARE}", hint


def _of_object(item: KerasObject) -> Iterator[Complaint]:
    penalty = item.args.get("activity_regularizer")
    if isinstance(penalty, KerasObject) and keras_class(penalty) not in SUMS_OVER_ROWS:
        message = f"{penalty.class_name} of an activity need not be a sum over examples, and"
        yield penalty.span, f"{message} {_SHARE}", "use L1, L2 or L1L2"


def check_batch_size(spec: Spec, findings: Findings) -> None:
    """Check that a batch has an example for each worker.

    Args:
        spec: the number of its workers need not be known.
        findings: takes an error where there are more of them.
    """
    data, workers = spec.data, spec.workers
    if data is None or workers is None or workers <= data.batch_size:
        return
    message = f"a batch of {data.batch_size} has no example for each of {workers} workers"
    hint = f"write `batch_size: {workers}` or more, or train with fewer workers"
    findings.error(batch_size_span(spec), EMPTY_SHARE, message, hint=hint)


def check_last_batches(spec: Spec, examples: dict[str, int], findings: Findings) -> None:
    """Check that each batch of each split has an example for each worker.

    Args:
        spec: the number of its workers need not be known.
        examples: of each split, by its name.
        findings: takes an error for each split that leaves a worker without one.
    """
    data, workers = spec.data, spec.workers
    if data is None or workers is None or workers < 2:
        return
    if workers > data.batch_size:
        check_batch_size(spec, findings)
        return
    size = data.batch_size
    for split, count in examples.items():
        if not _leaves_some_without(count, size, workers):
            continue
        left = count % size
        message = (
            f"the {count:,} examples of the {split} split leave {left} for its last batch, too few"
            f" for {workers} workers"
        )
        hint = _hint_of_sizes(examples, size, workers)
        findings.error(batch_size_span(spec), EMPTY_SHARE, message, hint=hint)


def _leaves_some_without(count: int, size: int, workers: int) -> bool:
    return 0 < count % size < workers


def _hint_of_sizes(examples: dict[str, int], size: int, workers: int) -> str:
    """A batch size near the one given with which no split leaves a worker without an example."""
    fewer = "train with fewer workers"  # all that a resumed run can do
    for other in _nearby(size, workers):
        if not any(_leaves_some_without(count, other, workers) for count in examples.values()):
            return f"write `batch_size: {other}`, or {fewer}"
    return fewer


def _nearby(size: int, workers: int) -> Iterator[int]:
    """Sizes nearest first; those that the workers divide evenly before all others."""
    others = range(workers, 2 * size + workers)
    yield from sorted(others, key=lambda other: (other % workers != 0, abs(other - size)))


def batch_size_span(spec: Spec) -> Span:
    """Where `data` says how large a batch is; the section where it does not."""
    section = spec.document.get("data")
    assert spec.data is not None
    if not isinstance(section, LocatedDict):
        return spec.data.span
    return value_span(section, "batch_size", section.key_spans.get("train", spec.data.span))
