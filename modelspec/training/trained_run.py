"""A run folder, or an exported file, opened again: its spec, its model and how it reads data."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy.typing as npt

from modelspec.analysis import with_temperatures
from modelspec.compile import compile_expanded
from modelspec.data import preprocessing_for_new_data
from modelspec.data.examples import Examples, Noise, Preprocessing, noise_of
from modelspec.data.feed import Structure, structure_of
from modelspec.diagnostics import CannotRunError, Findings, SpecError, UsageError
from modelspec.document import read
from modelspec.framework import clean_message
from modelspec.graph import Graph
from modelspec.runs import (
    RunFile,
    RunStatus,
    member_folders,
    read_status,
    run_of_model,
    why_incomplete,
)
from modelspec.spec import Spec
from modelspec.spec.data import DataSpec
from modelspec.spec.extensions import extensions_allowed, refuse_extensions

from .data_record import DataRecord, read_data_record
from .run import Run

if TYPE_CHECKING:
    from .workers import BatchPredictor, Workers

Predictor = Callable[[Examples], dict[str, npt.NDArray[Any]]]
"""From n examples to output name to array [n, ...]."""


@dataclass(frozen=True, slots=True)
class TrainedRun:
    """A complete run, or a file exported from one, with its model.

    Attributes:
        path: the folder, or the file.
        spec: the expanded spec that was trained.
        graph: of its model, without what only losses of the graph depend on.
        model: the trained Keras model, not compiled; None if another runtime predicts.
        data_record: the content of data.json.
        preprocessing: how new data becomes examples, as in training.
        structure: how the model takes its inputs and returns its outputs.
        runtime: what predicts in place of a Keras model, or None.
        epoch_file: the file of the model, where it is that of an epoch and not the last one.
        training_graph: the graph with what only losses depend on; None where it is `graph`.
        noise_seed: of the noise that a generator takes.
        workers: the processes that compute predictions and measure, or None for this one alone.
        member: its number in what the workers opened.
    """

    path: Path
    spec: Spec
    graph: Graph
    model: Any
    data_record: DataRecord
    preprocessing: Preprocessing
    structure: Structure
    runtime: Predictor | None = None
    epoch_file: Path | None = None
    training_graph: Graph | None = None
    noise_seed: int = 0
    workers: Workers | None = None
    member: int = 0

    @property
    def noise(self) -> Noise | None:
        """What the model takes beside data, if it is a generator."""
        return noise_of(self.graph, self.spec.training)

    def for_measuring(self) -> TrainedRun:
        """The same run, reading data with all that losses of the graph need."""
        if self.training_graph is None:
            return self
        graph = self.training_graph
        preprocessing = new_data_preprocessing(self.spec, graph, self.data_record)
        structure = structure_of(graph)
        return replace(self, graph=graph, preprocessing=preprocessing, structure=structure)

    def predictor(self) -> Predictor:
        """What computes the outputs of examples; a generator's noise is drawn for each row."""
        noise, predict = self.noise, self._predictor()
        if noise is None:
            return predict
        return lambda examples: predict(noise.added_to(examples, self.noise_seed))

    def _predictor(self) -> Predictor:
        predictor = self.batch_predictor()
        if self.workers is None:
            return predictor
        from .workers import DividedPredictor

        return DividedPredictor(predictor, self.workers, self.member)

    def batch_predictor(self) -> BatchPredictor:
        """What computes the outputs in this process; it takes a generator's noise as an input."""
        if self.runtime is not None:
            runtime: Any = self.runtime
            exported: BatchPredictor = runtime
            return exported
        from modelspec.training.predict import KerasPredictor

        structure = self.structure
        if self.graph.losses:  # the structure of what is measured, which has more inputs
            structure = structure_of(self.graph.for_outputs())
        return KerasPredictor(self.model, structure)


def reopen(run: Run | TrainedRun | Path) -> TrainedRun:
    """Open a run; one that is open already is returned.

    Args:
        run: a run, its folder, or the file of a model in it. A run with a model of an epoch need
            not be complete.

    Raises:
        UsageError: the folder is not a run folder, or its run is not complete.
        SpecError: the model needs an extension that is not allowed or cannot be imported.
        CannotRunError: a file of the run is damaged or missing.
    """
    if isinstance(run, TrainedRun):
        return run
    opened = open_without_model(run if isinstance(run, Path) else run.path)
    if not isinstance(run, Path):
        return replace(opened, model=run.model)
    file = opened.epoch_file or opened.path / RunFile.MODEL
    return replace(opened, model=load_model(file, opened.spec))


def open_without_model(folder: Path) -> TrainedRun:
    """Open a run whose model is not loaded, which needs no TensorFlow: `model` is None.

    Args:
        folder: of the run, or the file of a model in it.

    Raises:
        UsageError, SpecError, CannotRunError: as `reopen` does.
    """
    path, epoch_file = _folder_and_epoch_file(folder)
    status = read_status(path)
    if epoch_file is None and status.get("status") != RunStatus.COMPLETE:
        message = f"the run in {path} {why_incomplete(status)}"
        raise UsageError(f"{message}. Resume it with `modelspec train --resume {path}`")
    if members := member_folders(status):
        each = "seed" if "seeds" in status else "fold"
        first = path / members[0]
        raise UsageError(f"{path} has a run for each {each}: name one of them, such as {first}")
    spec, graph = _spec(path / RunFile.EXPANDED_SPEC)
    try:
        record = read_data_record(path)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _cannot_read(path / RunFile.DATA, error) from error
    if epoch_file is None:
        graph = with_temperatures(graph, record.outputs)
    else:
        record = record.without_temperatures()
    saved = graph.for_outputs()
    return TrainedRun(
        path,
        spec,
        saved,
        None,
        record,
        new_data_preprocessing(spec, saved, record),
        structure_of(saved),
        epoch_file=epoch_file,
        training_graph=graph if graph.losses else None,
    )


def reopen_members(run: Run | TrainedRun | Path) -> tuple[TrainedRun, ...]:
    """Open a run; of a folder of folds or seeds, the run of each.

    Raises:
        UsageError, SpecError, CannotRunError: as `reopen` does.
    """
    if not isinstance(run, Path) or run_of_model(run) is not None:
        return (reopen(run),)
    status = read_status(run)
    members = member_folders(status)
    if not members or status.get("status") != RunStatus.COMPLETE:
        return (reopen(run),)
    return tuple(reopen(run / name) for name in members)


def _folder_and_epoch_file(path: Path) -> tuple[Path, Path | None]:
    folder = run_of_model(path)
    if folder is None:
        return path, None
    return folder, None if path.name == RunFile.MODEL else path


def new_data_preprocessing(spec: Spec, graph: Graph, record: DataRecord) -> Preprocessing:
    """How new data becomes examples for a trained spec.

    Raises:
        SpecError: its sections contradict each other.
    """
    assert spec.data is not None
    findings = Findings()
    data = inputs_of_graph(spec.data, graph)
    preprocessing = preprocessing_for_new_data(data, graph, record.learned, findings)
    if preprocessing is None:
        raise SpecError(findings.sorted())
    return preprocessing


def inputs_of_graph(data: DataSpec, graph: Graph) -> DataSpec:
    """The section without the inputs that a graph lacks: those that only losses depend on."""
    names = {entry.name for entry in graph.inputs}
    if data.inputs is None or all(c.name is None or c.name in names for c in data.inputs):
        return data
    return replace(data, inputs=tuple(one for one in data.inputs if one.name in names))


def _spec(file: Path) -> tuple[Spec, Graph]:
    findings = Findings()
    text = read(file, findings)
    if text is None:
        raise SpecError(findings.sorted())
    return compile_trained_spec(text, file)


def compile_trained_spec(text: str, file: Path) -> tuple[Spec, Graph]:
    """Compile the expanded spec of a run, and import its extensions if that is allowed.

    Args:
        text: the expanded spec.
        file: the file that holds it; modules of extensions are in the same folder.

    Raises:
        SpecError: the text has errors.
        CannotRunError: it is not a spec that can be trained.
    """
    findings = Findings()
    compiled = compile_expanded(text, str(file), file, findings)
    if compiled is not None:
        spec, graph = compiled
        if extensions_allowed() and spec.document.get("extensions"):
            from modelspec.building import import_extensions

            spec = import_extensions(spec, findings)
        if not findings.has_errors and spec.data and spec.training:
            return spec, graph
    if findings.has_errors:
        raise SpecError(findings.sorted())
    raise CannotRunError(f"{file} is damaged: its spec cannot be trained")


def load_model(file: Path, spec: Spec) -> Any:
    """Load a Keras model from its archive, not compiled.

    Raises:
        SpecError: it needs an extension that is not allowed or cannot be imported.
        CannotRunError: the file is damaged or missing.
    """
    import keras

    from modelspec.building import extension_scope
    from modelspec.importing import refuse_unsafe_archive

    if not file.is_file():
        raise CannotRunError(f"{file} is missing; train the spec of the run again to have one")
    refuse_unsafe_archive(file)
    findings = Findings()
    if refuse_extensions(spec, spec.model, findings):
        raise SpecError(findings.sorted())
    try:
        with extension_scope(spec):
            return keras.models.load_model(file, compile=False)
    except Exception as error:  # Keras, h5py and zipfile raise all kinds
        raise _cannot_read(file, error) from error


def _cannot_read(file: Path, error: Exception) -> CannotRunError:
    reason = "it does not exist" if isinstance(error, FileNotFoundError) else clean_message(error)
    if isinstance(error, json.JSONDecodeError):
        reason = f"it is not JSON: {error}"
    return CannotRunError(f"{file} cannot be read: {reason}")
