"""What a finished run says of new data: class names, probabilities, numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

import numpy.typing as npt

from modelspec.data import NewDataChunk, open_new_data
from modelspec.data.examples import report_undecodable_files
from modelspec.diagnostics import Findings, Span, SpecError, UsageError
from modelspec.files import cannot_write, draft_of
from modelspec.training.run import Run
from modelspec.training.trained_run import TrainedRun, reopen

from .prediction_columns import Gathered
from .prediction_files import AnswerFile, CsvFile, file_kind
from .predictions import OutputPrediction, PredictionOptions, answers

GIVEN = "_given"
"""Stands behind the name of a kept column where an answer has the same name."""

Array = npt.NDArray[Any]


def predict_run(
    run: Run | TrainedRun | Path,
    data: Path,
    *,
    keep: Sequence[str] = (),
    asked: PredictionOptions = PredictionOptions(),  # noqa: B008 - immutable
) -> dict[str, Array]:
    """Predict for every row of a file.

    Args:
        run: a run, its folder, or what was opened.
        data: a csv, parquet, jsonl or npz file with the columns of the inputs.
        keep: columns of the file that stand beside the answers.
        asked: what is to be said of classes.

    Returns:
        Columns by name, each with an entry for every row of `data` in its order: for an output
        with classes the labels as text and `NAME_probability`; for others the numbers. A row
        that a `missing` rule drops has "" and NaN. Before them `file`, where each example is
        a file of its own, such as an image.

    Raises:
        UsageError: the folder holds no complete run.
        SpecError: the file does not have what the model needs.
        CannotRunError: a file of the run is damaged.
    """
    gathered = Gathered()
    for columns, chunk in _predicted_chunks(reopen(run), data, keep, asked):
        gathered.add(columns, chunk)
    return gathered.columns()


def predict_into(
    run: Run | TrainedRun | Path,
    data: Path,
    output: Path | IO[bytes],
    *,
    keep: Sequence[str] = (),
    asked: PredictionOptions = PredictionOptions(),  # noqa: B008 - immutable
    force: bool = False,
) -> int:
    """Predict for every row of a file, into another, without holding either.

    Args:
        run: a run, its folder, or what was opened.
        data: a csv, parquet, jsonl or npz file with the columns of the inputs.
        output: a csv, jsonl, parquet or npz file to write; or a stream that takes csv.
        keep: columns of the file that stand beside the answers.
        asked: what is to be said of classes.
        force: overwrite `output`.

    Returns:
        How many rows were written.

    Raises:
        UsageError, SpecError: as `predict_run`; also where `output` is there already, has
            another ending, or cannot hold an output of several axes.
        CannotRunError: a file of the run is damaged, or `output` cannot be written.
    """
    if not isinstance(output, Path):
        return _write(_predicted_chunks(reopen(run), data, keep, asked), CsvFile(output))
    kind = file_kind(output)
    if output.exists() and not force:
        raise UsageError(f"{output} is there already; choose another name, or give --force")
    chunks = _predicted_chunks(reopen(run), data, keep, asked)
    draft = draft_of(output)
    try:
        with draft.open("wb") as file:
            rows = _write(chunks, kind(file))
        draft.replace(output)
    except OSError as error:
        raise cannot_write(output, error) from error
    finally:
        draft.unlink(missing_ok=True)
    return rows


def _write(
    chunks: Iterator[tuple[Mapping[str, OutputPrediction], NewDataChunk]], file: AnswerFile
) -> int:
    rows = 0
    for columns, chunk in chunks:
        file.add(columns, chunk)
        rows += chunk.rows
    file.close()
    return rows


def _predicted_chunks(
    opened: TrainedRun, data: Path, keep: Sequence[str], asked: PredictionOptions
) -> Iterator[tuple[dict[str, OutputPrediction], NewDataChunk]]:
    """The answers in the order of the rows."""
    findings = Findings()
    fresh = open_new_data(opened.preprocessing, data, findings, keep)
    if fresh is None or findings.has_errors:
        raise SpecError(findings.sorted())
    respond = opened.responder()
    for chunk in fresh.chunks(findings):
        with report_undecodable_files(Span(str(data), 1, 1, 1, 1), chunk.examples):
            given = respond(chunk.examples)
        columns: dict[str, OutputPrediction] = {}
        for name, meaning in opened.kept.outputs.items():
            columns |= answers(name, given[name], meaning, asked)
        kept = {f"{n}{GIVEN}" if n in columns else n: c for n, c in chunk.kept_columns.items()}
        yield columns, chunk._replace(kept_columns=kept)
    if findings.has_errors:
        raise SpecError(findings.sorted())
