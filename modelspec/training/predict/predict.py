"""Predicting with a complete run: class names, probabilities, numbers."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator, Mapping, Sequence
from math import prod
from pathlib import Path
from typing import IO, Any, NamedTuple

import numpy.typing as npt

from modelspec.data import NewDataChunk, generated_texts, open_new_data
from modelspec.data.examples import report_undecodable_files
from modelspec.data.table import CHUNK_ROWS
from modelspec.diagnostics import CannotRunError, Findings, Span, SpecError, UsageError
from modelspec.files import cannot_write, write_atomically
from modelspec.training.prepare import OutputKind
from modelspec.training.run import Run
from modelspec.training.trained_run import Predictor, TrainedRun, reopen

from .image_files import ImageFiles, image_folder
from .output_columns import (
    ColumnCollector,
    OutputColumn,
    PredictionOptions,
    is_image,
    output_columns,
)
from .prediction_files import CsvFile, PredictionFile, file_class
from .texts import GeneratedText, TextGenerator, TokenPredictor, text_column

INPUT_SUFFIX = "_given"
"""Added to the name of a kept column if a prediction has the same name."""

TABLE_NAME = "predictions.csv"
"""The table in a folder of images."""

ARRAYS = ".npz"
"""The suffix of files that hold images as arrays."""

CHUNK_NUMBERS = 1 << 24
"""Numbers of images that are in memory at once."""

Array = npt.NDArray[Any]
Predictions = Iterator[tuple[Mapping[str, OutputColumn], NewDataChunk]]
"""The predicted columns of each chunk."""


def predict_run(
    run: Run | TrainedRun | Path,
    data: Path,
    *,
    keep: Sequence[str] = (),
    options: PredictionOptions = PredictionOptions(),  # noqa: B008 - immutable
) -> dict[str, Array]:
    """Predict for every row of a file.

    Args:
        run: a run, its folder, or one that is open.
        data: a csv, parquet, jsonl or npz file with the columns of the inputs.
        keep: columns of the file to copy beside the predictions.
        options: what is predicted of classes.

    Returns:
        Columns by name, each with an entry for every row of `data` in its order: for an output
        with classes the labels as text and `NAME_probability`; for others the numbers. A row
        that a `missing` rule drops has "" and NaN. Before them `file`, if each example is a file,
        such as an image.

    Raises:
        UsageError: the run is not complete.
        SpecError: the file does not have what the model needs.
        CannotRunError: a file of the run is damaged.
    """
    collector = ColumnCollector()
    for columns, chunk in _predict_chunks(reopen(run), data, keep, options):
        collector.add(columns, chunk)
    return collector.columns()


def predict_into(
    run: Run | TrainedRun | Path,
    data: Path,
    output: Path | IO[bytes],
    *,
    keep: Sequence[str] = (),
    options: PredictionOptions = PredictionOptions(),  # noqa: B008 - immutable
    force: bool = False,
) -> int:
    """Predict for every row of a file, into another, with neither of them in memory.

    Args:
        run: a run, its folder, or one that is open.
        data: a csv, parquet, jsonl or npz file with the columns of the inputs.
        output: a csv, jsonl, parquet or npz file to write; or a stream that takes csv. Images are
            PNG files in a folder beside the table, which has their names; a path without a suffix
            is a folder for both. An npz has them as arrays.
        keep: columns of the file to copy beside the predictions.
        options: what is predicted of classes.
        force: overwrite `output`.

    Returns:
        How many rows were written.

    Raises:
        UsageError, SpecError: as `predict_run`; also if `output` exists, has another suffix, or
            cannot hold an output of several axes.
        CannotRunError: a file of the run is damaged, or `output` cannot be written.
    """
    trained = reopen(run)
    images = image_outputs(trained)
    if not isinstance(output, Path):
        _refuse_images(images)
        return _write(_predict_chunks(trained, data, keep, options), CsvFile(output))
    if images and output.suffix.lower() != ARRAYS:
        place = _ImagePlace.of(output)
        place.refuse_existing(force=force)
        predictions = _predict_chunks(trained, data, keep, options)
        return _write_with_images(predictions, images, place)
    file_type = file_class(output)
    _refuse_unwritable(output, force=force)
    predictions = _predict_chunks(trained, data, keep, options)
    rows = 0

    def fill(draft: Path) -> None:
        nonlocal rows
        with draft.open("wb") as file:
            rows = _write(predictions, file_type(file))

    write_atomically(output, fill)
    return rows


def image_outputs(trained: TrainedRun) -> list[str]:
    """The outputs whose predictions are images."""
    return [name for name, meaning in trained.data_record.outputs.items() if is_image(meaning)]


class _ImagePlace(NamedTuple):
    """Where predictions with images go: the images into a folder, the rest into a table.

    Attributes:
        folder: of the images.
        table: the file of the table, beside the folder, or in it.
    """

    folder: Path
    table: Path

    @staticmethod
    def of(output: Path) -> _ImagePlace:
        """The place of an output: a name without a suffix is that of the folder.

        Raises:
            UsageError: it has another suffix than tables have.
        """
        if not output.suffix:
            return _ImagePlace(output, output / TABLE_NAME)
        file_class(output)
        return _ImagePlace(output.with_suffix(""), output)

    @property
    def shown(self) -> str:
        """What the table calls the folder."""
        return "" if self.table.parent == self.folder else self.folder.name

    def refuse_existing(self, *, force: bool) -> None:
        """Refuse to overwrite, before the work of predicting.

        Raises:
            UsageError: the table, a folder with files, or a file in its place exists.
            CannotRunError: there is no folder to write into.
        """
        if self.folder.exists() and not self.folder.is_dir():
            raise UsageError(f"{self.folder} is a file, and images go into a folder of this name")
        if self.folder.exists() and not force and any(self.folder.iterdir()):
            raise UsageError(f"{self.folder} exists; choose another name, or give --force")
        if self.shown:
            _refuse_unwritable(self.table, force=force)
        elif not self.folder.parent.is_dir():
            raise _no_folder(self.folder)


def _write_with_images(predictions: Predictions, images: list[str], place: _ImagePlace) -> int:
    """Write the images, then the table with their names."""
    file_type = file_class(place.table)
    rows = 0
    with image_folder(place.folder) as draft:
        files = ImageFiles(draft, images, place.shown)
        table = draft / place.table.name

        with table.open("wb") as file:
            made = ((files.add(columns, chunk), chunk) for columns, chunk in predictions)
            rows = _write(made, file_type(file))
        if place.shown:
            write_atomically(place.table, table.read_bytes())
            table.unlink()
    return rows


def _refuse_images(images: list[str]) -> None:
    if images:
        message = f"`{images[0]}` is an image for each row, which standard output cannot take"
        raise UsageError(f"{message}: name a folder for PNG files, such as `-o predicted`")


def _refuse_unwritable(output: Path, *, force: bool) -> None:
    if output.exists() and not force:
        raise UsageError(f"{output} exists; choose another name, or give --force")
    if not output.parent.is_dir():  # before the work of predicting, and it may be a typing error
        raise _no_folder(output)


def _no_folder(path: Path) -> CannotRunError:
    return cannot_write(path, FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT)))


def _write(predictions: Predictions, file: PredictionFile) -> int:
    rows = 0
    for columns, chunk in predictions:
        file.add(columns, chunk)
        rows += chunk.rows
    file.close()
    return rows


def _predictor(trained: TrainedRun, generated: Sequence[str]) -> Predictor:
    """What computes the outputs of examples, and generates the texts of some inputs."""
    with_tokens = [
        name
        for name, meaning in trained.data_record.outputs.items()
        if meaning["kind"] == OutputKind.TOKENS
    ]
    if not with_tokens:
        return trained.predictor()
    predictor = TokenPredictor(trained.predictor(), with_tokens)
    if not generated:
        return predictor
    outputs = generated_texts(trained.preprocessing)
    tokenizers = trained.data_record.learned.tokenizers
    fed = {entry.name: columns for entry, columns in trained.preprocessing.plan.inputs}
    texts = []
    for entry in generated:
        columns = fed[entry]
        assert columns is not None
        tokenizer = tokenizers[str(columns.tokens)]
        texts.append(GeneratedText(entry, outputs[entry][0], tokenizer))
    return TextGenerator(predictor, tuple(texts))


def _say_which_texts_are_given(
    trained: TrainedRun, generated: Sequence[str], options: PredictionOptions
) -> None:
    """Say where each token follows the true ones before it, which flatters the model."""
    for entry, (output, column) in generated_texts(trained.preprocessing).items():
        if entry not in generated and options.say is not None:
            options.say(
                f"`{column}` is in the data, so each token of `{output}` is predicted from the true"
                " ones before it; leave the column out, and whole texts are generated"
            )


def _predict_chunks(
    trained: TrainedRun, path: Path, keep: Sequence[str], options: PredictionOptions
) -> Predictions:
    """The predictions in the order of the rows."""
    findings = Findings()
    most = _most_rows(trained)
    data = open_new_data(trained.preprocessing, path, findings, keep, most_rows=most)
    if data is None or findings.has_errors:
        raise SpecError(findings.sorted())
    _say_which_texts_are_given(trained, data.generated, options)
    predictor = _predictor(trained, data.generated)
    learned = trained.data_record.learned
    for chunk in data.chunks(findings):
        with report_undecodable_files(Span(str(path), 1, 1, 1, 1), chunk.examples):
            outputs = predictor(chunk.examples)
        columns: dict[str, OutputColumn] = {}
        for name, meaning in trained.data_record.outputs.items():
            if meaning["kind"] == OutputKind.TOKENS:
                tokenizer = learned.tokenizers[meaning["tokens"]]
                columns[name] = text_column(outputs[name], meaning, tokenizer)
                continue
            lengths = chunk.examples.lengths.get(meaning.get("lengths_of", ""))
            columns |= output_columns(name, outputs[name], meaning, options, lengths)
        kept = {
            f"{name}{INPUT_SUFFIX}" if name in columns else name: column
            for name, column in chunk.kept_columns.items()
        }
        yield columns, chunk._replace(kept_columns=kept)
    if findings.has_errors:
        raise SpecError(findings.sorted())


def _most_rows(trained: TrainedRun) -> int:
    """How many rows are predicted at once: images have many numbers each."""
    shapes = trained.preprocessing.plan.output_shapes
    numbers = sum(prod(size or 1 for size in shape) for shape in shapes.values())
    return max(1, min(CHUNK_ROWS, CHUNK_NUMBERS // max(1, numbers)))
