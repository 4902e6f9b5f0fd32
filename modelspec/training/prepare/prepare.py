"""Everything that a training needs, checked before the first step and before a folder is made."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from modelspec.analysis import analyze, check_metric_names, splits_of
from modelspec.analysis.losses import logged_values
from modelspec.data import Data, load_data, load_synthetic
from modelspec.data.augment import Augmentation
from modelspec.data.examples import Examples, noise_of
from modelspec.data.feed import Feed, Structure, structure_of
from modelspec.data.shared import load_once
from modelspec.diagnostics import Findings, SpecError
from modelspec.framework import functional_of
from modelspec.graph import Graph
from modelspec.layers.rule import Tensor
from modelspec.runs import measured_names
from modelspec.spec import Spec
from modelspec.spec.data import SYNTHETIC, DataSpec
from modelspec.spec.phases import job_texts
from modelspec.spec.training import TrainingSpec
from modelspec.training.checkpoint import BestEpochs, OwnWeights, mode_of, monitor_of
from modelspec.training.engine import check_divisible, meeting_of, present_engine
from modelspec.training.fitted import model_to_fit

from .adapting import adapt_once
from .augmentation import check_value_range, make_augmentation
from .compilation import (
    check_monitor,
    check_monitors,
    check_optimizer,
    compile_model,
    make_callbacks,
)
from .failure_locator import FailureLocator
from .given_sizes import analyze_with_data, check_shares
from .job import check_schedule, with_values_of_job
from .outputs import Output, match_outputs
from .targets import Weights, check_reach, check_targets, weigh_examples, with_padding_of_losses
from .trained_layers import TrainedLayers
from .vocabularies import check_vocabularies

if TYPE_CHECKING:
    from modelspec.training.fit import Evaluator
    from modelspec.weights import LoadingReport

RATE = "learning_rate"
"""What callbacks log beside losses and metrics."""


@dataclass(frozen=True, slots=True)
class PreparedPhase:
    """A training, or a phase of it, with its callbacks."""

    training: TrainingSpec
    callbacks: list[Any]


@dataclass(frozen=True, slots=True)
class PreparedTraining:
    """A compiled and adapted model with its data.

    Attributes:
        data_spec: the section `data`.
        training: the section `training`.
        graph: of the model.
        model: the Keras model that is saved.
        fitted: the Keras model that is fitted: the same one, or one around its layers that has the
            losses of the graph too.
        data: all splits.
        structure: how the fitted model takes its inputs and returns its outputs.
        outputs: what each output is trained for.
        weights: for each output the weights [n] of the training examples; None if all are 1.
        phases: the trainings one after another; one where the spec has no phases.
        best_epochs: the epochs whose models are saved, or None.
        evaluator: measures a split.
        failure_locator: finds what fails in a step.
        trained_layers: freezes the layers of the model.
        augmentation: what changes the training examples, or None.
        weights_report: what became of each layer by `initial_weights`; None without it.
        own_weights: what the steps of a trainer have beside the weights of `model`, or None.
    """

    data_spec: DataSpec
    training: TrainingSpec
    graph: Graph
    model: Any
    fitted: Any
    data: Data
    structure: Structure
    outputs: tuple[Output, ...]
    weights: dict[str, Weights] | None
    phases: tuple[PreparedPhase, ...]
    best_epochs: BestEpochs | None
    evaluator: Evaluator
    failure_locator: FailureLocator
    trained_layers: TrainedLayers
    augmentation: Augmentation | None = None
    weights_report: LoadingReport | None = None
    own_weights: OwnWeights | None = None

    def start_phase(self, training: TrainingSpec) -> None:
        """Freeze and compile the model for a phase after the first one.

        Raises:
            SpecError: Keras refuses a part, although it took it before.
        """
        findings = Findings()
        self.trained_layers.freeze(training, findings)
        compile_model(
            self.fitted,
            training,
            self.outputs,
            self.structure,
            findings,
            step_weighted=self.data.train.step_weighted,
        )
        _set_layers_apart(self.trained_layers, self.fitted, training, findings)
        _raise_errors(findings)
        self.evaluator.forget()

    @property
    def saved_structure(self) -> Structure:
        """How the saved model takes its inputs and returns its outputs."""
        return structure_of(self.graph.for_outputs())

    @property
    def splits(self) -> dict[str, Examples]:
        """The splits that there are, by name."""
        data = self.data
        splits = {"train": data.train, "validation": data.validation, "test": data.test}
        return {name: examples for name, examples in splits.items() if examples is not None}

    def training_feed(self) -> Feed:
        """The training split with its weights, and with what `augment` does to it."""
        weights: Any = None
        if self.weights is not None:
            absent = np.ones(len(self.data.train), np.float32)
            weights = self.structure.targets(self.weights, absent)
        size, changes = self.data_spec.batch_size, self.augmentation
        examples = self.data.train.uncropped or self.data.train
        return Feed(examples, self.structure, size, weights, changes)


def spec_folder(spec: Spec) -> Path:
    """The folder that the paths in a spec are relative to."""
    return Path() if spec.path is None else spec.path.parent


def spec_file(spec: Spec) -> Path:
    """Where a spec lies. One that was a dict is called as in findings, so that no file is taken for
    it when its run is resumed."""
    return Path(spec.span.file) if spec.path is None else spec.path


def required_sections(spec: Spec, findings: Findings) -> tuple[DataSpec, TrainingSpec]:
    """The two sections that training needs.

    Raises:
        SpecError: one is missing.
    """
    for key, section in (("data", spec.data), ("training", spec.training)):
        if section is None:
            message = f"training needs the section `{key}`"
            findings.error(spec.span, "missing-key", message, hint=f"add `{key}:` to the spec")
    if spec.data is None or spec.training is None:
        raise SpecError(findings.sorted())
    return spec.data, spec.training


def prepare_training(spec: Spec, graph: Graph, model: Any, findings: Findings) -> PreparedTraining:
    """Load the data, check everything, compile and adapt the model.

    Args:
        spec: with `data` and `training`.
        graph: of its model.
        model: the Keras model, with the names of the graph.
        findings: takes warnings.

    Raises:
        SpecError: the spec or the data has errors, or Keras refuses them: with as many findings
            as possible.
    """
    data_spec, training = required_sections(spec, findings)
    structure, layers = structure_of(graph), TrainedLayers(model)
    outputs = match_outputs(training, output_shapes(model, graph), findings)
    if data_spec.train.kind == SYNTHETIC:
        data = load_synthetic(data_spec, graph, training, findings)
    else:
        folder, seed = spec_folder(spec), training.seed
        data = load_once(
            lambda own: load_data(data_spec, folder, graph, seed, own),
            meeting_of(present_engine()),
            findings,
        )
    if data is not None:
        training = with_values_of_job(spec, data, findings)
        _raise_errors(findings)
    if outputs is not None and not (data is None and any(job_texts(training))):
        if data is not None:
            data = with_padding_of_losses(data, outputs)
            check_vocabularies(outputs, data, spec, graph, findings)
        if training.trainer is None:
            names = list(logged_values(outputs, training.losses))
            _check_metric_names(spec, graph, names, findings)
        for phase in reversed(training.each_phase):  # the model is left as the first one has it
            layers.freeze(phase, findings)
            if phase.phase > 1:
                check_optimizer(phase, findings)
        first = training.each_phase[0]
        step_weighted = () if data is None else data.train.step_weighted
        fitted = model_to_fit(model, graph, training, findings)
        compile_model(fitted, first, outputs, structure, findings, step_weighted=step_weighted)
        _set_layers_apart(layers, fitted, first, findings)
        check_divisible(fitted, training, present_engine(), findings)
    if data is None or outputs is None:
        raise SpecError(findings.sorted())
    analyze_with_data(spec, graph, data, findings)
    check_shares(spec, data, present_engine().replicas, findings)
    labels = data.label_names
    _check_targets(outputs, data, graph, findings)
    weights = weigh_examples(outputs, data.train.uncropped or data.train, labels, findings)
    augmentation = make_augmentation(data_spec, training, graph, outputs, findings)
    check_value_range(data_spec, graph, data.train, findings)
    log_names = _log_names(list(logged_values(outputs, training.losses)), data_spec)
    monitored = None if training.trainer is not None else log_names
    phases = tuple(
        PreparedPhase(phase, make_callbacks(phase, monitored, spec_folder(spec), findings))
        for phase in training.each_phase
    )
    for phase in training.each_phase:
        check_schedule(data, data_spec, phase, findings)
    _raise_errors(findings)
    noise = noise_of(graph.for_outputs(), training)
    learned_from = data.train if noise is None else noise.added_to(data.train, training.seed)
    span, engine = data_spec.train.span, present_engine()
    adapt_once(model, graph.for_outputs(), learned_from, span, engine, findings)
    weights_report = _load_initial_weights(spec, graph.for_outputs(), model, data, findings)
    _raise_errors(findings)
    from modelspec.training.fit import Evaluator

    prepared = PreparedTraining(
        data_spec,
        training,
        graph,
        model,
        fitted,
        data,
        structure,
        outputs,
        weights,
        phases,
        _best_epochs(training, data_spec),
        Evaluator(fitted, structure, log_names, data_spec.batch_size, training.steps_per_execution),
        FailureLocator(fitted, graph, structure, outputs, training),
        layers,
        augmentation,
        weights_report,
    )
    return prepared if training.trainer is None else _with_traced_logs(spec, prepared, findings)


def _check_targets(
    outputs: tuple[Output, ...], data: Data, graph: Graph, findings: Findings
) -> None:
    for output in outputs:
        splits, labels = (data.train, data.validation, data.test), data.label_names.get(output.name)
        check_reach(output, splits, labels, graph, findings)
        for examples in splits:
            if examples is not None and not findings.has_errors:
                check_targets(output, examples, labels, graph, findings)


def _with_traced_logs(
    spec: Spec, prepared: PreparedTraining, findings: Findings
) -> PreparedTraining:
    """Find out what the steps of a trainer log and which weights they have, and check what is said
    of them.

    Raises:
        SpecError: a step fails, or nothing logs what the spec refers to.
    """
    from .trainer_logs import trace_trainer

    logs = trace_trainer(prepared, findings)
    _raise_errors(findings)
    validates = prepared.data_spec.validation is not None
    log_names = [*logs.trained, *(f"val_{name}" for name in logs.measured if validates), RATE]
    prepared.evaluator.log_names = log_names
    names = list(dict.fromkeys([*logs.trained, *logs.measured]))
    _check_expected(spec, prepared.graph, names, findings)
    _check_monitored(prepared.training, prepared.data_spec, log_names, findings)
    for phase in prepared.phases:
        check_monitors(phase.training, phase.callbacks, log_names, findings)
    _raise_errors(findings)
    own_weights = OwnWeights(prepared.fitted, prepared.model)
    if not own_weights.variables:
        return prepared
    if prepared.best_epochs is not None:
        prepared.best_epochs.own_weights = own_weights
    return replace(prepared, own_weights=own_weights)


def output_shapes(model: Any, graph: Graph) -> dict[str, tuple[int | None, ...]]:
    """Output name to the shape of the model's output, without the batch axis.

    Where Keras states another shape than a run gives, it is that of the run.
    """
    stated = structure_of(graph).by_output(functional_of(model).output)
    shapes = {name: tuple(tensor.shape[1:]) for name, tensor in stated.items()}
    for name, tensor in analyze(graph, Findings()).outputs.items():
        if not isinstance(tensor, Tensor):
            continue
        if tensor.built is not None or tensor.rank - 1 != len(shapes[name]):
            shapes[name] = tensor.shape[1:]
    return shapes


def _set_layers_apart(
    layers: TrainedLayers, fitted: Any, training: TrainingSpec, findings: Findings
) -> None:
    """Have the optimizer of the compiled model, if it was compiled, train each layer at its share
    of the rate, and decay what is to be decayed."""
    if findings.has_errors:
        return
    if training.learning_rates is not None:
        layers.scale_rates(fitted.optimizer, training.learning_rates)
    if training.exclude_from_weight_decay is not None:
        layers.exclude_from_decay(fitted.optimizer, training.exclude_from_weight_decay, findings)


def _raise_errors(findings: Findings) -> None:
    if findings.has_errors:
        raise SpecError(findings.sorted())


def _log_names(names: list[str], data_spec: DataSpec) -> list[str]:
    """All names that an epoch logs, in order."""
    validation = [f"val_{name}" for name in names] if data_spec.validation is not None else []
    return [*names, *validation, RATE]


def _check_expected(spec: Spec, graph: Graph, names: list[str], findings: Findings) -> None:
    """Check that what `expect` refers to is logged, or measured of predictions."""
    outputs = graph.for_outputs().output_names
    measures = dict.fromkeys(measured_names(outputs, len(outputs)), "")
    check_metric_names(spec.expect, names, splits_of(spec), findings, measures)


def _check_metric_names(spec: Spec, graph: Graph, names: list[str], findings: Findings) -> None:
    """Check that something logs what `expect` and `checkpoint` refer to."""
    _check_expected(spec, graph, names, findings)
    assert spec.data is not None and spec.training is not None
    if spec.training.gan is None:
        _check_monitored(spec.training, spec.data, _log_names(names, spec.data), findings)


def _check_monitored(
    training: TrainingSpec, data_spec: DataSpec, log_names: list[str], findings: Findings
) -> None:
    checkpoint = training.checkpoint
    if checkpoint is not None:
        monitor = monitor_of(checkpoint, validates=data_spec.validation is not None)
        check_monitor(monitor, log_names, checkpoint.monitor_span, findings)


def _best_epochs(training: TrainingSpec, data_spec: DataSpec) -> BestEpochs | None:
    checkpoint = training.checkpoint
    if checkpoint is None or training.gan is not None:  # whose losses say nothing of an epoch
        return None
    monitor = monitor_of(checkpoint, validates=data_spec.validation is not None)
    mode = mode_of(checkpoint, monitor, training.losses)
    return BestEpochs(monitor, mode, checkpoint.keep)


def _load_initial_weights(
    spec: Spec, graph: Graph, model: Any, data: Data, findings: Findings
) -> LoadingReport | None:
    """Load `initial_weights`; after adapting, so that the statistics of the file win."""
    if spec.training is None or spec.training.initial_weights is None:
        return None
    from modelspec.weights import load_initial_weights

    tokenizers = {name: one.tokens for name, one in data.learned.tokenizers.items()}
    return load_initial_weights(spec, graph, model, tokenizers, findings)
