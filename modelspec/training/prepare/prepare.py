"""Everything that a training needs, checked before the first step and before a folder is made."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from modelspec.analysis import check_metric_names, splits_of
from modelspec.analysis.losses import logged_values
from modelspec.data import Data, load_data, load_synthetic
from modelspec.data.examples import Examples, report_undecodable_files
from modelspec.data.feed import Feed, Structure, adapt, structure_of
from modelspec.diagnostics import Findings, Span, SpecError
from modelspec.framework import clean_message, functional_of
from modelspec.graph import Graph
from modelspec.spec import Spec
from modelspec.spec.data import SYNTHETIC, DataSpec
from modelspec.spec.training import TrainingSpec
from modelspec.training.checkpoint import BestEpochs, mode_of, monitor_of

from .compilation import check_monitor, compile_model, freeze, make_callbacks
from .example_weights import example_weights
from .measurement import Compiled
from .outputs import Output, outputs_of
from .targets import check_targets

ADAPT_BATCH = 1024


@dataclass(frozen=True, slots=True)
class PreparedTraining:
    """A compiled and adapted model with its data.

    Attributes:
        model: the Keras model.
        data: all splits.
        structure: how the model takes its inputs and gives its outputs.
        outputs: what each output is trained for.
        weights: for each output the weights of the training examples; None where all count alike.
        callbacks: those of the spec.
        best: which epochs are kept, or None.
        compiled: what measures a split.
    """

    model: Any
    data: Data
    structure: Structure
    outputs: tuple[Output, ...]
    weights: Any
    callbacks: list[Any]
    best: BestEpochs | None
    compiled: Compiled

    def training_feed(self, batch_size: int) -> Feed:
        """The training split with its weights."""
        weights = None if self.weights is None else self.structure.targets(self.weights)
        return Feed(self.data.train, self.structure, batch_size, weights)


def folder_of(spec: Spec) -> Path:
    """What the paths of a spec are relative to."""
    return Path() if spec.path is None else spec.path.parent


def sections(spec: Spec, findings: Findings) -> tuple[DataSpec, TrainingSpec]:
    """The two sections that training needs.

    Raises:
        SpecError: one is not there.
    """
    for key, section in (("data", spec.data), ("training", spec.training)):
        if section is None:
            message = f"training needs the section `{key}`"
            findings.error(spec.span, "missing-key", message, hint=f"add `{key}:` to the spec")
    if spec.data is None or spec.training is None:
        raise SpecError(findings.sorted())
    return spec.data, spec.training


def prepare_training(spec: Spec, graph: Graph, model: Any, findings: Findings) -> PreparedTraining:
    """Load, check, compile, adapt.

    Args:
        spec: with `data` and `training`.
        graph: of its model.
        model: the real one, with the names of the graph.
        findings: takes warnings.

    Raises:
        SpecError: the spec, the data or what Keras says of them has faults: as many as can be
            told at once.
    """
    section, training = sections(spec, findings)
    structure = structure_of(graph)
    outputs = outputs_of(training, shapes_of(model, structure), findings)
    if section.train.kind == SYNTHETIC:
        data = load_synthetic(section, graph, training, findings)
    else:
        data = load_data(section, folder_of(spec), graph, training.seed, findings)
    if outputs is not None:
        _check_logs(spec, training, list(logged_values(outputs)), section, findings)
        freeze(model, training, findings)
        compile_model(model, training, outputs, structure, findings)
    if data is None or outputs is None:
        raise SpecError(findings.sorted())
    for output in outputs:
        labels = data.learned.labels.get(output.name)
        for examples in (data.train, data.validation, data.test):
            if examples is not None and not findings.has_errors:
                check_targets(output, examples, labels, graph, findings)
    weights = example_weights(outputs, data.train, data.learned.labels, findings)
    logs = _all_logs(list(logged_values(outputs)), section)
    callbacks = make_callbacks(training, logs, findings)
    _raise(findings)
    learn(model, graph, data.train, section.train.span, findings)
    _load_weights(model, training, folder_of(spec), findings)
    _raise(findings)
    from modelspec.training.fit import Evaluator

    best = _best(training, section)
    compiled = Compiled(Evaluator(model, training.steps_per_execution), structure, logs)
    return PreparedTraining(model, data, structure, outputs, weights, callbacks, best, compiled)


def shapes_of(model: Any, structure: Structure) -> dict[str, tuple[int | None, ...]]:
    """Output name to the shape of what the model gives, without the batch axis."""
    found = structure.by_output(functional_of(model).output)
    return {name: tuple(tensor.shape[1:]) for name, tensor in found.items()}


def learn(model: Any, graph: Graph, examples: Examples, span: Span, findings: Findings) -> None:
    """Adapt the layers that learn from data on the training split.

    Args:
        model: whose layers learn.
        graph: of the model.
        examples: the training split.
        span: where the spec names their source.
        findings: takes layers that cannot learn.

    Raises:
        SpecError: a file of the split cannot be decoded.
    """
    adapt(model, graph, InputBatches(examples, structure_of(graph), span), findings)


class InputBatches:
    """Batches of a split's inputs alone; it can be gone through again and again.

    Going through it raises SpecError where a file cannot be decoded: its finding is at `span`.
    """

    def __init__(self, examples: Examples, structure: Structure, span: Span) -> None:
        self.span = span
        bare = Examples(examples.inputs, {}, None, examples.rows, examples.table)
        self.feed = Feed(bare, structure, ADAPT_BATCH)

    @cached_property
    def dataset(self) -> Any:
        """Made when it is first gone through: most models have nothing that learns."""
        return self.feed.in_order()

    def __iter__(self) -> Iterator[Any]:
        with report_undecodable_files(self.span, self.feed.examples):
            for (inputs,) in self.dataset:
                yield inputs


def _raise(findings: Findings) -> None:
    if findings.has_errors:
        raise SpecError(findings.sorted())


def _all_logs(names: list[str], section: DataSpec) -> list[str]:
    more = [f"val_{name}" for name in names] if section.validation is not None else []
    return [*names, *more, "learning_rate"]


def _check_logs(
    spec: Spec, training: TrainingSpec, logs: list[str], section: DataSpec, findings: Findings
) -> None:
    check_metric_names(spec.expect, logs, splits_of(spec), findings)
    if training.checkpoint is not None:
        monitor = monitor_of(training.checkpoint, validates=section.validation is not None)
        span = training.checkpoint.monitor_span
        check_monitor(monitor, _all_logs(logs, section), span, findings)


def _best(training: TrainingSpec, section: DataSpec) -> BestEpochs | None:
    given = training.checkpoint
    if given is None:
        return None
    monitor = monitor_of(given, validates=section.validation is not None)
    return BestEpochs(monitor, mode_of(given, monitor), given.keep)


def _load_weights(model: Any, training: TrainingSpec, folder: Path, findings: Findings) -> None:
    """Begin with the weights of a file; after adapting, so that its statistics win."""
    if training.initial_weights is None:
        return
    path = folder / training.initial_weights
    if not path.is_file():
        message = f'there is no file "{training.initial_weights}"'
        hint = "paths are relative to the spec file"
        findings.error(training.initial_weights_span, "no-weights", message, hint=hint)
        return
    optimizer, model.optimizer = model.optimizer, None  # the file's may know other weights
    try:
        model.load_weights(path)
    except Exception as error:  # Keras, h5py and zipfile raise all kinds
        message = f"{training.initial_weights} does not fit the model: {clean_message(error)}"
        findings.error(training.initial_weights_span, "bad-weights", message)
    finally:
        model.optimizer = optimizer
