"""A run folder back to a model that can be evaluated and used."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy.typing as npt

from modelspec.building import extension_scope, import_extensions
from modelspec.compile import compile_expanded
from modelspec.data import preprocessing_for_new_data
from modelspec.data.examples import Examples, Preprocessing
from modelspec.data.feed import Structure, structure_of
from modelspec.diagnostics import CannotRunError, Findings, SpecError, UsageError
from modelspec.document import read
from modelspec.framework import clean_message
from modelspec.graph import Graph
from modelspec.runs import COMPLETE, DATA, MODEL, status_of
from modelspec.spec import Spec
from modelspec.spec.extensions import extensions_allowed, refuse_extensions

from .run import DataRecord, Run, read_data

EXPANDED = "spec.expanded.yaml"

Respond = Callable[[Examples], dict[str, npt.NDArray[Any]]]
"""From examples to output name to array [n, ...]."""


@dataclass(frozen=True, slots=True)
class TrainedRun:
    """A finished run, or what was exported from one.

    Attributes:
        path: the folder, or the file.
        spec: as it was understood when it was trained.
        graph: of its model.
        model: the trained Keras model, not compiled; None where another runtime answers.
        kept: what data.json says.
        preprocessing: how new data becomes examples, as in training.
        structure: how the model takes its inputs and gives its outputs.
        runtime: what answers examples in the place of a Keras model, or None.
    """

    path: Path
    spec: Spec
    graph: Graph
    model: Any
    kept: DataRecord
    preprocessing: Preprocessing
    structure: Structure
    runtime: Respond | None = None

    def responder(self) -> Respond:
        """What gives the answers to examples."""
        if self.runtime is not None:
            return self.runtime
        from modelspec.training.predict import Responder

        return Responder(self.model, self.structure)


def reopen(run: Run | TrainedRun | Path) -> TrainedRun:
    """Load a run; what is open already is given back.

    Raises:
        UsageError: the folder holds no run, or one that never came to its end.
        SpecError: the model has a class of an extension, which is not allowed or does not import.
        CannotRunError: a file of the run is damaged or missing.
    """
    if isinstance(run, TrainedRun):
        return run
    path = run if isinstance(run, Path) else run.path
    status = status_of(path)
    if status.get("status") != COMPLETE:
        message = f"the run in {path} is not complete: {status.get('status')}"
        raise UsageError(f"{message}. Go on with it by `modelspec train --resume {path}`")
    if "folds" in status:
        raise UsageError(f"{path} has a run for each fold: name one of them, such as {path}/fold-1")
    spec, graph = _spec(path / EXPANDED)
    try:
        kept = read_data(path)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _damaged(path / DATA, error) from error
    model = load_model(path / MODEL, spec) if isinstance(run, Path) else run.model
    preprocessing = new_data_preprocessing(spec, graph, kept)
    return TrainedRun(path, spec, graph, model, kept, preprocessing, structure_of(graph))


def new_data_preprocessing(spec: Spec, graph: Graph, kept: DataRecord) -> Preprocessing:
    """How a trained spec reads new data.

    Raises:
        SpecError: its sections do not fit each other.
    """
    assert spec.data is not None
    findings = Findings()
    preprocessing = preprocessing_for_new_data(spec.data, graph, kept.learned, findings)
    if preprocessing is None:
        raise SpecError(findings.sorted())
    return preprocessing


def _spec(file: Path) -> tuple[Spec, Graph]:
    findings = Findings()
    text = read(file, findings)
    if text is None:
        raise SpecError(findings.sorted())
    return trained_spec(text, file)


def trained_spec(text: str, file: Path) -> tuple[Spec, Graph]:
    """A spec that was trained, from its text, and the graph of its model.

    Args:
        text: the spec with everything written out.
        file: what holds the text; modules of extensions lie beside it.

    Raises:
        SpecError: the text has faults.
        CannotRunError: it is no spec that can be trained.
    """
    findings = Findings()
    compiled = compile_expanded(text, str(file), file, findings)
    if compiled is not None:
        spec, graph = compiled
        if extensions_allowed() and spec.document.get("extensions"):
            spec = import_extensions(spec, findings)
        if not findings.has_errors and spec.data and spec.training:
            return spec, graph
    if findings.has_errors:
        raise SpecError(findings.sorted())
    raise CannotRunError(f"{file} is damaged: it holds no spec that can be trained")


def load_model(file: Path, spec: Spec) -> Any:
    """A Keras model from its archive.

    Raises:
        SpecError: it has a class of an extension, which is not allowed or does not import.
        CannotRunError: the file is damaged or missing.
    """
    import keras

    findings = Findings()
    if refuse_extensions(spec, spec.model, findings):
        raise SpecError(findings.sorted())
    try:
        with extension_scope(spec):
            return keras.models.load_model(file, compile=False)
    except Exception as error:  # Keras, h5py and zipfile raise all kinds
        raise _damaged(file, error) from error


def _damaged(file: Path, error: Exception) -> CannotRunError:
    reason = "it is not there" if isinstance(error, FileNotFoundError) else clean_message(error)
    if isinstance(error, json.JSONDecodeError):
        reason = f"it is no JSON: {error}"
    return CannotRunError(f"{file} cannot be read: {reason}")
