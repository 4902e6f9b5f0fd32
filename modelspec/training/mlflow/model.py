"""The model of a run as MLflow serves it: with an example of its input, and what it predicts."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from modelspec.data import NewRows, example_row, rows_from
from modelspec.data.feed import structure_of
from modelspec.diagnostics import Findings
from modelspec.spec import Spec
from modelspec.tracking import ModelColumn, write_model_folder
from modelspec.training.data_record import read_data_record
from modelspec.training.predict import predict_run
from modelspec.training.prepare import PreparedTraining
from modelspec.training.trained_run import TrainedRun, new_data_preprocessing


def write_model(folder: Path, run: Path, spec: Spec, prepared: PreparedTraining) -> None:
    """Write the folder of a model for MLflow.

    Args:
        folder: is made.
        run: the run folder, with its model and data.json.
        spec: that was trained.
        prepared: its training; the first whole row of a file of its training split is the example.

    Raises:
        ModelspecError, OSError: the example cannot be read or predicted, or a file not be written.
    """
    record, saved = read_data_record(run), prepared.graph.for_outputs()
    preprocessing = new_data_preprocessing(spec, saved, record)
    trained = TrainedRun(
        run, spec, saved, prepared.model, record, preprocessing, structure_of(saved)
    )
    data = prepared.data.files.get("train") or [Path()]
    row = example_row(preprocessing, data[0], Findings())
    outputs: Mapping[str, Any] = {}
    if row is not None:
        rows: NewRows = rows_from([row])
        outputs = predict_run([trained], rows)
    fills = preprocessing.learned.fills
    write_model_folder(
        folder,
        run,
        [
            ModelColumn.of_input(name, value, is_required=name not in fills)
            for name, value in (row or {}).items()
        ],
        [ModelColumn.of(name, values.tolist()[0]) for name, values in outputs.items()],
        row,
    )
