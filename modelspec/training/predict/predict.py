"""Predicting with a complete run: class names, probabilities, numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from modelspec.data import NewDataChunk, NewRows, open_new_data, rule_for_gaps, start_of
from modelspec.data.examples import report_undecodable_files
from modelspec.data.rows import GivenRows
from modelspec.data.table import CHUNK_ROWS
from modelspec.diagnostics import Findings, Span, SpecError, UsageError, join_words
from modelspec.files import write_atomically
from modelspec.runs import OutputKind
from modelspec.spec.data import DROP
from modelspec.training.prepare import check_known_categories, check_new_sizes
from modelspec.training.run import Run
from modelspec.training.trained_run import TrainedRun, reopen_members

from .image_files import ImagePlace, image_outputs, refuse_images, write_with_images
from .means import mean_meanings, mean_of_outputs
from .output_columns import (
    INPUT_SUFFIX,
    ColumnCollector,
    OutputColumn,
    PredictionOptions,
    by_step,
    check_threshold,
    note_probabilities,
    output_columns,
    outputs_of_horizon,
    refuse_positive,
)
from .prediction_files import CsvFile, Predictions, file_class, refuse_unwritable, write_chunks
from .texts import notes_on_given_texts, predictor_with_texts, text_column

if TYPE_CHECKING:
    from .split_predictions import RunSplit

ARRAYS = ".npz"
"""The suffix of files that hold images as arrays."""

CHUNK_NUMBERS = 1 << 24
"""Numbers of images that are in memory at once."""

DRAWN_AT_ONCE = 1024
"""Examples that a generator makes before they are written."""

Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class NoiseRows:
    """Examples that a generator makes of noise alone.

    Attributes:
        count: how many.
    """

    count: int


def predict_run(
    run: Run | TrainedRun | Path | Sequence[TrainedRun],
    data: NewRows | RunSplit | NoiseRows,
    *,
    keep: Sequence[str] = (),
    options: PredictionOptions = PredictionOptions(),  # noqa: B008 - immutable
) -> dict[str, Array]:
    """Predict for every row of a file.

    Args:
        run: a run, its folder, or one that is open; or those of all folds, or their folder, for
            the mean of their outputs.
        data: a csv, parquet, jsonl or npz file with the columns of the inputs; or a split of the
            run, whose rows are written with their number, the truth and the error; or how many
            examples a generator makes of noise.
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
    for columns, chunk in _chunks(_members(run), data, keep, options):
        collector.add(columns, chunk)
    return collector.columns()


def predict_into(
    run: Run | TrainedRun | Path | Sequence[TrainedRun],
    data: Path | RunSplit | NoiseRows,
    output: Path | IO[bytes],
    *,
    keep: Sequence[str] = (),
    options: PredictionOptions = PredictionOptions(),  # noqa: B008 - immutable
    force: bool = False,
) -> int:
    """Predict for every row of a file, into another, with neither of them in memory.

    Args:
        run: a run, its folder, or one that is open; or those of all folds, or their folder, for
            the mean of their outputs.
        data: a csv, parquet, jsonl or npz file with the columns of the inputs; or a split of the
            run, whose rows are written with their number, the truth and the error; or how many
            examples a generator makes of noise.
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
    trained = _members(run)
    chunks = _chunks(trained, data, keep, options)
    images = image_outputs(trained[0].data_record.outputs)
    if not isinstance(output, Path):
        refuse_images(images)
        return write_chunks(chunks, CsvFile(output, escape_formulas=options.escape_formulas))
    if images and output.suffix.lower() != ARRAYS:
        place = ImagePlace.of(output)
        place.refuse_existing(force=force)
        return write_with_images(chunks, images, place, escape_formulas=options.escape_formulas)
    file_type = file_class(output, escape_formulas=options.escape_formulas)
    refuse_unwritable(output, force=force)
    rows = 0

    def fill(draft: Path) -> None:
        nonlocal rows
        with draft.open("wb") as file:
            rows = write_chunks(chunks, file_type(file))

    write_atomically(output, fill)
    return rows


def _members(run: Run | TrainedRun | Path | Sequence[TrainedRun]) -> Sequence[TrainedRun]:
    """The run, or those of all folds, which must have the same classes.

    Raises:
        UsageError: their outputs have no mean; or as `reopen` does.
    """
    members = run if isinstance(run, Sequence) else reopen_members(run)
    first = members[0].data_record.outputs
    for member in members[1:]:
        for name, meaning in member.data_record.outputs.items():
            one = "one of them, such as " + str(member.path)
            if meaning["kind"] == OutputKind.TOKENS:
                raise UsageError(f"the texts of `{name}` have no mean over the folds: name {one}")
            if meaning["labels"] != first[name]["labels"]:
                message = f"the classes of `{name}` differ between the folds, so there is no mean"
                way = "list the classes under `labels` in the spec, or name"
                raise UsageError(f"{message}: {way} {one}")
    return members


def _chunks(
    members: Sequence[TrainedRun],
    data: NewRows | RunSplit | NoiseRows,
    keep: Sequence[str],
    options: PredictionOptions,
) -> Predictions:
    """The predictions of a file, or of a split with the truth; the mean of several runs."""
    meanings = members[0].data_record.outputs
    check_threshold(meanings, options.threshold)
    refuse_positive(meanings, options)
    if isinstance(data, NoiseRows):
        if keep or options.missing:
            option = "--keep" if keep else "--missing"
            message = f"{option} is for the rows of a file, and noise has none"
            raise UsageError(f"{message}: leave it out")
        return _draw_chunks(members[0], data.count, options)
    if isinstance(data, (Path, GivenRows)):
        return _predict_chunks(members, data, keep, options)
    from .split_predictions import predict_split

    return predict_split(members, data.name, keep, options)


def _predict_chunks(
    members: Sequence[TrainedRun], path: NewRows, keep: Sequence[str], options: PredictionOptions
) -> Predictions:
    """The predictions in the order of the rows; the mean of those of several runs."""
    findings = Findings()
    trained = members[0]
    most = _most_rows(trained)
    opened = [
        open_new_data(m.preprocessing, path, findings, keep, most, options.missing) for m in members
    ]
    found = [data for data in opened if data is not None]
    if len(found) < len(opened) or findings.has_errors:
        raise SpecError(list(dict.fromkeys(findings.sorted())))
    note_probabilities(trained.data_record.outputs, options)
    generated = found[0].generated
    if options.say is not None:
        for finding in dict.fromkeys(findings):
            options.say(f"warning: {finding.message}")
        for sentence in notes_on_given_texts(trained, generated):
            options.say(sentence)
    predictors = [predictor_with_texts(member, generated) for member in members]
    record = trained.data_record
    meanings = record.outputs
    if len(members) > 1:
        meanings = mean_meanings([member.data_record.outputs for member in members])
    leaves_out = rule_for_gaps(trained.preprocessing, options.missing) == DROP
    for chunks in zip(*(data.chunks(findings) for data in found), strict=True):
        chunk = chunks[0].without_gaps() if leaves_out else chunks[0]
        for member, part in zip(members, chunks, strict=True):
            place = start_of(path)
            check_known_categories(member.model, member.graph, part.examples, place, findings)
            check_new_sizes(member.spec, member.graph.for_outputs(), part.examples, place, findings)
        if findings.has_errors:
            raise SpecError(findings.sorted())
        with report_undecodable_files(_undecodable_in(path), chunk.examples):
            pairs = zip(predictors, chunks, strict=True)
            each = [predictor(part.examples) for predictor, part in pairs]
        outputs = each[0] if len(each) == 1 else mean_of_outputs(each, record.outputs)
        if chunk.horizon is not None:
            later = outputs_of_horizon(trained.preprocessing.plan.targets)
            outputs = by_step(outputs, chunk.horizon, later)
        columns: dict[str, OutputColumn] = {}
        for name, meaning in meanings.items():
            if meaning["kind"] == OutputKind.TOKENS:
                tokenizer = record.learned.tokenizers[meaning["tokens"]]
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


def _undecodable_in(path: NewRows) -> Span:
    return Span(str(path), 1, 1, 1, 1) if isinstance(path, Path) else start_of(path)


def refuse_draws(
    members: Sequence[TrainedRun],
    *,
    has_data: bool,
    split: str | None,
    count: int | None,
    seed: int | None,
) -> None:
    """Refuse options of a generator for another model, and the other way round.

    Args:
        members: the run, or those of all folds.
        has_data: whether a file is given.
        split: a split of the run, or None.
        count: how many examples are wanted, or None.
        seed: of the noise, or None.

    Raises:
        UsageError: an option does not go with the model.
    """
    noise, graph = members[0].noise, members[0].graph
    if noise is None:
        if count is not None or seed is not None:
            option = "--seed" if count is None else "--count"
            message = f"{option} is for the generator of a `gan`, and {members[0].path} is none"
            raise UsageError(f"{message}: leave it out, and give rows by --data or --split")
        return
    if split is not None:
        message = "--split compares with the truth, and what a generator makes has none"
        raise UsageError(f"{message}: leave it out; --seed gives other examples")
    conditions = join_words(f"`{entry.name}`" for entry in graph.fed_inputs)
    if conditions and not has_data:
        message = f"the generator takes {conditions} beside noise"
        raise UsageError(f"{message}: give a file with a row for each example by --data")
    if conditions and count is not None:
        message = (
            f"the generator takes {conditions} beside noise, and makes an example for each row"
        )
        raise UsageError(f"{message} of --data: leave --count out")
    if not conditions and has_data:
        message = "the generator takes noise alone, so it reads no file"
        raise UsageError(f"{message}: leave --data out; --count says how many examples it makes")
    if count is not None and count < 1:
        raise UsageError(f"--count is a number of examples of at least 1, got {count}")


def _draw_chunks(trained: TrainedRun, count: int, options: PredictionOptions) -> Predictions:
    """What a generator makes of noise."""
    noise, predictor = trained.noise, trained.predictor()
    assert noise is not None
    for first in range(0, count, DRAWN_AT_ONCE):
        examples = noise.examples(first, min(first + DRAWN_AT_ONCE, count), count)
        columns: dict[str, OutputColumn] = {}
        for name, values in predictor(examples).items():
            meaning = trained.data_record.outputs[name]
            columns |= output_columns(name, values, meaning, options)
        yield columns, NewDataChunk(len(examples), examples, np.arange(len(examples)), {})


def _most_rows(trained: TrainedRun) -> int:
    """How many rows are predicted at once: images have many numbers each."""
    shapes = trained.preprocessing.plan.output_shapes
    numbers = sum(prod(size or 1 for size in shape) for shape in shapes.values())
    return max(1, min(CHUNK_ROWS, CHUNK_NUMBERS // max(1, numbers)))
