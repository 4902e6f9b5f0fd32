"""An exported file opened in place of its run: predictions come from the runtime of its format."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from modelspec.analysis import with_temperatures
from modelspec.data.examples import Examples
from modelspec.data.feed import Structure, padded_rows, structure_of
from modelspec.data.table import LazyArray
from modelspec.diagnostics import CannotRunError, Findings, SpecError, UsageError
from modelspec.exporting.formats import (
    FORMATS,
    Array,
    LoadRequest,
    Predict,
    Runtime,
    plain_text,
    preprocess,
    require_packages,
)
from modelspec.framework import clean_message, start_keras
from modelspec.graph import Graph
from modelspec.importing import refuse_unsafe_archive
from modelspec.layers import traits_of
from modelspec.spec import Spec
from modelspec.spec.model import objects_in
from modelspec.training import (
    TrainedRun,
    compile_trained_spec,
    load_model,
    new_data_preprocessing,
    parse_data_record,
)

from .metadata import Metadata, read_metadata
from .numpy_preprocessing import numpy_preprocessing
from .output_files import preprocessing_file

Parts = tuple[dict[str, Array], dict[str, Array]]
"""The outputs of some examples by name, and their masks, of which there are none."""

BATCH = 256
"""Examples in one call of a runtime, where the model takes any number."""


def open_artifact(path: Path, metadata: Metadata | None = None) -> TrainedRun:
    """An exported run, which can predict and be evaluated as the run can.

    Args:
        path: of the file.
        metadata: of the file, if it was read.

    Raises:
        UsageError: modelspec did not export it, or it is of a spec that was not trained.
        SpecError: it has classes of an extension, which is not allowed or does not import.
        CannotRunError: it is damaged, or a package that runs it is missing.
    """
    metadata = read_metadata(path) if metadata is None else metadata
    if metadata.data is None:
        message = f"{path} is of a spec that was not trained, so it does not know how to read data"
        raise UsageError(f"{message}: train the spec, and export the run")
    return _open_trained(path, metadata, metadata.data)


def _open_trained(path: Path, metadata: Metadata, data: Mapping[str, Any]) -> TrainedRun:
    entry = FORMATS[metadata.form]
    require_packages(entry.name, entry.runtime_packages)
    spec, whole = compile_trained_spec(metadata.spec, path)
    kept = parse_data_record(data, path.resolve().parent)
    whole = with_temperatures(whole, kept.outputs)
    graph = whole.for_outputs()
    preprocessing = new_data_preprocessing(spec, graph, kept)
    structure = structure_of(graph)
    run = TrainedRun(path, spec, graph, None, kept, preprocessing, structure)
    if whole.losses:
        run = dataclasses.replace(run, training_graph=whole)
    is_split = bool(metadata.settings.get("without_preprocessing"))
    needs_tensorflow = preprocessing.data.train.traits.needs_tensorflow
    if entry.runtime is not Runtime.OWN or needs_tensorflow:
        start_keras()
    if entry.runtime is Runtime.KERAS and not is_split:
        is_weights = entry.read_signature is None
        model = _with_weights(path, spec, graph) if is_weights else load_model(path, spec)
        return dataclasses.replace(run, model=model)
    predict = _load(path, entry.name, structure, is_split=is_split)
    return dataclasses.replace(run, runtime=ExportedRun(path, predict, structure, _batch(graph)))


def _load(path: Path, form: str, structure: Structure, *, is_split: bool) -> Predict:
    """The file as a function of the raw inputs, which go through split-off preprocessing first.

    Raises:
        UsageError: the file of the preprocessing is missing.
        CannotRunError: the runtime cannot load the file.
    """
    entry = FORMATS[form]
    if is_split and not preprocessing_file(path).exists():
        name = preprocessing_file(path).name
        message = f"{path} was exported without its preprocessing, and {name} is missing"
        raise UsageError(f"{message}: put it into the same folder")
    if is_split and entry.read_signature is None:
        message = f"{path} has the weights of a part of the model"
        raise UsageError(f"{message}: export the run to keras")
    if is_split:
        refuse_unsafe_archive(preprocessing_file(path))
    try:
        if not is_split:
            return entry.load_file(path, LoadRequest(**dataclasses.asdict(structure)))
        names, prepare = _preprocessing(preprocessing_file(path))
        rest = dataclasses.replace(structure, input_names=names, input_kind="dict")
        predict = entry.load_file(path, LoadRequest(**dataclasses.asdict(rest)))
    except Exception as error:  # each runtime raises its own kinds
        raise CannotRunError(f"{path} cannot be loaded: {clean_message(error)}") from error
    return lambda inputs: predict(prepare(inputs))


def _preprocessing(path: Path) -> tuple[tuple[str, ...], Predict]:
    """The names of the outputs of split-off preprocessing, and the preprocessing."""
    found = numpy_preprocessing(path)
    if found is not None:
        return found
    start_keras()
    import keras

    model = keras.models.load_model(path, compile=False)
    return tuple(model.output_names), lambda inputs: preprocess(model, inputs)


def _with_weights(path: Path, spec: Spec, graph: Graph) -> Any:
    """The model that the spec in the metadata builds, with the weights of the file."""
    from modelspec.building import build_model, extension_scope

    for item in objects_in(spec.model):
        traits = traits_of(item.class_name)
        argument = traits.adapted_argument
        if item.kind == "layer" and traits.must_adapt and item.args.get(str(argument)) is None:
            message = f"{path} has only weights, without the {argument} of {item.class_name}"
            raise UsageError(f"{message}: export the run to keras, and use that file")
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
    """The fixed batch size of the model; None where it takes any."""
    return next((entry.batch_size for entry in graph.inputs if entry.batch_size), None)


class ExportedRun:
    """Predicts with the runtime of a format; see `modelspec.training.trained_run.Predictor`."""

    def __init__(
        self, path: Path, predict: Predict, structure: Structure, fixed_batch: int | None
    ) -> None:
        self.path = path
        self.predict = predict
        self.structure = structure
        self.fixed_batch = fixed_batch

    def __call__(self, examples: Examples) -> dict[str, Array]:
        """Output name to array [n, ...] for n examples.

        Raises:
            CannotRunError: the runtime fails.
        """
        return self.joined([self.predict_batch(batch) for batch in self.batches(examples)])[0]

    def joined(self, parts: Sequence[Parts]) -> Parts:
        """The outputs of all batches; a runtime gives no masks."""
        return {
            name: np.concatenate([outputs[name] for outputs, _ in parts])
            for name in self.structure.output_names
        }, {}

    def batches(self, examples: Examples) -> Iterator[dict[str, Array]]:
        """The batches of some examples as arrays by input name; an empty one if there are none."""
        size = self.fixed_batch or BATCH
        if any(isinstance(values, LazyArray) for values in examples.inputs.values()):
            from modelspec.data.feed import Feed
            from modelspec.exporting.verify import arrays_by_input

            inputs_only = dataclasses.replace(examples, targets={}, weights=None)
            for (inputs,) in Feed(inputs_only, self.structure, size).in_order():
                yield arrays_by_input(inputs, self.structure)
            return
        for first in range(0, max(1, len(examples)), size):
            yield {
                name: values[first : first + size]
                for name, values in examples.inputs.items()
                if isinstance(values, np.ndarray)
            }

    def predict_batch(self, batch: Mapping[str, Array]) -> Parts:
        """The outputs of one batch, padded with its last example to a fixed batch size.

        Raises:
            CannotRunError: the runtime fails.
        """
        rows = len(next(iter(batch.values())))
        if self.fixed_batch is not None and 0 < rows < self.fixed_batch:
            padded = padded_rows(rows, self.fixed_batch)
            batch = {name: values[padded] for name, values in batch.items()}
        try:
            outputs = self.predict({name: plain_text(values) for name, values in batch.items()})
        except Exception as error:  # each runtime raises its own kinds
            raise CannotRunError(f"{self.path} cannot predict: {clean_message(error)}") from error
        return {name: values[:rows] for name, values in outputs.items()}, {}
