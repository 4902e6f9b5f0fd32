"""An exported run behind the face of a run: how it reads data, and what gives its answers."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from modelspec.building import extension_scope
from modelspec.data.examples import Examples
from modelspec.data.feed import Feed, Structure, structure_of
from modelspec.data.table import LazyArray
from modelspec.diagnostics import CannotRunError, Findings, SpecError, UsageError
from modelspec.exporting.formats import FORMATS, RUNTIMES, Predict, need, preprocess
from modelspec.exporting.metadata import Metadata
from modelspec.exporting.model_split import preprocessing_of
from modelspec.exporting.verify import arrays_of, plain_array
from modelspec.framework import clean_message, start_keras
from modelspec.graph import Graph
from modelspec.layers import traits_of
from modelspec.spec import Spec
from modelspec.spec.model import objects_in
from modelspec.training import TrainedRun, kept_of, load_model, new_data_preprocessing, trained_spec

Array = npt.NDArray[Any]
BATCH = 256
"""Examples that a runtime is asked for at once, where the model takes any number."""

OF_KERAS = ("keras", "weights")
"""Formats whose files become a Keras model."""

OF_TENSORFLOW = (*OF_KERAS, "saved_model")
"""Formats that TensorFlow runs."""

PLAIN = ("csv", "parquet", "jsonl", "npz")
"""Sources that are read without TensorFlow, which decodes images and cuts windows out of tables."""


def open_trained(path: Path, metadata: Metadata) -> TrainedRun:
    """An exported run; raises as `modelspec.exporting.artifact.artifact.open_artefact` does."""
    assert metadata.data is not None
    form = metadata.form
    need(form, FORMATS[form].needs)
    spec, graph = trained_spec(metadata.spec, path)
    kept = kept_of(metadata.data, path.resolve().parent)
    preprocessing = new_data_preprocessing(spec, graph, kept)
    structure = structure_of(graph)
    opened = TrainedRun(path, spec, graph, None, kept, preprocessing, structure)
    cut = bool(metadata.settings.get("without_preprocessing"))
    if form in OF_TENSORFLOW or cut or preprocessing.data.train.kind not in PLAIN:
        start_keras()
    if form in OF_KERAS and not cut:
        model = load_model(path, spec) if form == "keras" else _with_weights(path, spec, graph)
        return dataclasses.replace(opened, model=model)
    if cut and not preprocessing_of(path).exists():
        message = f"{path} takes what {preprocessing_of(path).name} gives, which is not beside it"
        raise UsageError(f"{message}: put it there")
    if cut and form == "weights":
        raise UsageError(f"{path} holds the weights of a part of the model: export it to keras")
    try:
        predict = (
            _behind_its_preprocessing(path, form, structure)
            if cut
            else _loaded(path, form, structure)
        )
    except Exception as error:  # each runtime raises its own kinds
        raise CannotRunError(f"{path} cannot be loaded: {clean_message(error)}") from error
    return dataclasses.replace(opened, runtime=ExportedRun(path, predict, structure, _batch(graph)))


def _loaded(path: Path, form: str, structure: Structure) -> Predict:
    return RUNTIMES[form](path, {**dataclasses.asdict(structure), "extensions": []})


def _behind_its_preprocessing(path: Path, form: str, structure: Structure) -> Predict:
    """What answers raw values with two files: the part that was cut off, and what was left."""
    import keras

    model = keras.models.load_model(preprocessing_of(path), compile=False)
    left = dataclasses.replace(structure, input_names=tuple(model.output_names), input_kind="dict")
    predict = _loaded(path, form, left)
    return lambda inputs: predict(preprocess(model, inputs))


def _with_weights(path: Path, spec: Spec, graph: Graph) -> Any:
    """The model that the metadata's spec builds, with the weights of the file."""
    from modelspec.building import build_model

    for item in objects_in(spec.model):
        traits = traits_of(item.class_name)
        argument = traits.adapted_argument
        if item.kind == "layer" and traits.must_adapt and item.args.get(str(argument)) is None:
            message = f"{path} holds weights alone, and no {argument} of {item.class_name}"
            raise UsageError(f"{message}: export the run to keras, and ask that file")
    findings = Findings()
    with extension_scope(spec):
        model = build_model(spec, graph, findings)
    if model is None:
        raise SpecError(findings.sorted())
    try:
        model.load_weights(path)
    except Exception as error:  # Keras and h5py raise all kinds
        raise CannotRunError(f"{path} cannot be loaded: {clean_message(error)}") from error
    return model


def _batch(graph: Graph) -> int | None:
    """How many examples the model takes at once, where it takes one number only."""
    return next((entry.batch_size for entry in graph.inputs if entry.batch_size), None)


class ExportedRun:
    """Gives a runtime's answers to examples; see `modelspec.training.trained_run.Respond`."""

    def __init__(
        self, path: Path, predict: Predict, structure: Structure, fixed: int | None
    ) -> None:
        self.path = path
        self.predict = predict
        self.structure = structure
        self.fixed = fixed

    def __call__(self, examples: Examples) -> dict[str, Array]:
        """Output name to array [n, ...] for n examples.

        Raises:
            CannotRunError: the runtime fails.
        """
        size = self.fixed or BATCH
        parts = [self._answer(batch) for batch in self._batches(examples, size)]
        return {
            name: np.concatenate([part[name] for part in parts])
            for name in self.structure.output_names
        }

    def _batches(self, examples: Examples, size: int) -> Iterator[dict[str, Array]]:
        if any(isinstance(values, LazyArray) for values in examples.inputs.values()):
            bare = dataclasses.replace(examples, targets={}, weights=None)
            for (inputs,) in Feed(bare, self.structure, size).in_order():
                yield arrays_of(inputs, self.structure)
            return
        for first in range(0, max(1, len(examples)), size):
            yield {
                name: values[first : first + size]
                for name, values in examples.inputs.items()
                if isinstance(values, np.ndarray)
            }

    def _answer(self, batch: Mapping[str, Array]) -> dict[str, Array]:
        """One batch; filled up with its last example where the model takes one size only."""
        rows = len(next(iter(batch.values())))
        if self.fixed is not None and 0 < rows < self.fixed:
            batch = {name: _padded(values, self.fixed) for name, values in batch.items()}
        try:
            found = self.predict({name: plain_array(values) for name, values in batch.items()})
        except Exception as error:  # each runtime raises its own kinds
            raise CannotRunError(f"{self.path} does not answer: {clean_message(error)}") from error
        return {name: values[:rows] for name, values in found.items()}


def _padded(values: Array, size: int) -> Array:
    return np.concatenate([values, np.repeat(values[-1:], size - len(values), axis=0)])
