"""Predictions for the rows of a split of a run, beside the truth."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import prod
from typing import Any, NamedTuple

import numpy as np

from modelspec.analysis.losses import objectives_of
from modelspec.data import NewDataChunk
from modelspec.data.examples import Examples, decoded, report_undecodable_files
from modelspec.data.table import Column, example_shape, full_column, text_column
from modelspec.diagnostics import Findings, SpecError, UsageError
from modelspec.runs import OutputKind
from modelspec.training.prepare import without_own_padding
from modelspec.training.run_splits import kept_columns, load_split
from modelspec.training.trained_run import TrainedRun

from .means import mean_meanings, mean_of_outputs
from .output_columns import (
    INPUT_SUFFIX,
    OutputColumn,
    PredictionOptions,
    by_step,
    is_image,
    note_probabilities,
    output_columns,
    outputs_of_horizon,
)
from .prediction_files import Predictions
from .truth import with_truth
from .window_lines import lines_of_windows, places_of_lines, rows_of_lines

CHUNK = 1 << 14
"""Examples whose predictions are in memory at once, and fewer of larger ones."""

CHUNK_NUMBERS = 1 << 24
"""Numbers that they have together."""

FOLD = "fold"


class RunSplit(NamedTuple):
    """A split of a run by its name: "train", "validation" or "test"."""

    name: str


@dataclass(frozen=True, slots=True)
class MemberRows:
    """The rows of a split of one run, or of runs that have the same rows.

    Attributes:
        members: the runs whose outputs are averaged.
        examples: of each of them.
        kept: the columns beside the predictions, of all lines.
        fold: the number of the fold whose model was not trained on them, or None.
    """

    members: Sequence[TrainedRun]
    examples: Sequence[Examples]
    kept: Mapping[str, Column]
    fold: int | None = None

    @property
    def horizon(self) -> int | None:
        """How many lines each example has: one for each row of the horizon; else None."""
        return _horizon_of(self.members[0], self.examples[0])


def predict_split(
    members: Sequence[TrainedRun], split: str, keep: Sequence[str], options: PredictionOptions
) -> Predictions:
    """Truth, prediction and error of each row of a split; of several runs the mean.

    The validation rows of folds are predicted by the model of their fold alone, which was not
    trained on them.

    Args:
        members: the run, or those of all folds or seeds.
        split: "train", "validation" or "test".
        keep: columns of the files to copy beside the predictions.
        options: what is predicted of classes.

    Raises:
        UsageError: there is no such split or column, or an output has no columns.
        SpecError: the data cannot be read, or changed since the training.
    """
    _refuse_outputs(members[0])
    for rows in _rows_of(members, split, keep):
        if rows.fold in (None, 1):
            note_probabilities(members[0].data_record.outputs, options)
        yield from _predict_rows(rows, options)


def _refuse_outputs(trained: TrainedRun) -> None:
    for name, meaning in trained.data_record.outputs.items():
        if is_image(meaning) or meaning["kind"] == OutputKind.TOKENS:
            what = "an image" if is_image(meaning) else "a text"
            raise UsageError(
                f"`{name}` is {what}, which --split does not write beside the truth: predict a file"
                " with --data, or measure the split with `modelspec evaluate`"
            )


def _rows_of(
    members: Sequence[TrainedRun], split: str, keep: Sequence[str]
) -> Iterator[MemberRows]:
    are_folds = len(members) > 1 and all(m.spec.data and m.spec.data.fold for m in members)
    if are_folds and split == "train":
        message = "each fold was trained on other rows, so there is no training split of all"
        raise UsageError(f"{message}: name one of them, such as {members[0].path}")
    if are_folds and split == "validation":
        for number, member in enumerate(members, start=1):
            examples = _load(member, split)
            yield MemberRows([member], [examples], _kept(member, split, keep, examples), number)
        return
    loaded = [_load(member, split) for member in members]
    yield MemberRows(members, loaded, _kept(members[0], split, keep, loaded[0]))


def _load(trained: TrainedRun, split: str) -> Examples:
    findings = Findings()
    assert trained.spec.data is not None and trained.spec.training is not None
    data = load_split(trained, trained.spec.data, split, findings)
    if data is None or findings.has_errors:
        raise SpecError(findings.sorted())
    objectives = objectives_of(trained.spec.training, trained.structure.output_names)
    return without_own_padding(data.examples, objectives.values())


def _kept(
    trained: TrainedRun, split: str, keep: Sequence[str], examples: Examples
) -> dict[str, Column]:
    """Where the row of each line is, and the columns that are kept."""
    rows = rows_of_lines(examples, _horizon_of(trained, examples))
    places: dict[str, Column] = {}
    for name, values in places_of_lines(examples, _horizon_of(trained, examples)).items():
        if values.dtype == object:
            places[name] = text_column(values.tolist())
        else:
            places[name] = full_column(values)
    return {**places, **kept_columns(trained, split, keep, rows)}


def _horizon_of(trained: TrainedRun, examples: Examples) -> int | None:
    """The lines of each example: see `lines_of_windows`."""
    return lines_of_windows(examples, outputs_of_horizon(trained.preprocessing.plan.targets))


def _predict_rows(rows: MemberRows, options: PredictionOptions) -> Predictions:
    first = rows.members[0]
    meanings: Mapping[str, Mapping[str, Any]] = first.data_record.outputs
    data = first.spec.data
    assert data is not None
    predictors = [member.predictor() for member in rows.members]
    shown = meanings
    if len(rows.members) > 1:
        shown = mean_meanings([member.data_record.outputs for member in rows.members])
    size = chunk_size(rows.examples[0])
    for start in range(0, len(rows.examples[0]), size):
        part = slice(start, start + size)
        chunks = [examples.take(part) for examples in rows.examples]
        with report_undecodable_files(data.train.span, *chunks):
            pairs = zip(predictors, chunks, strict=True)
            each = [predictor(replace(chunk, targets={})) for predictor, chunk in pairs]
        outputs = each[0] if len(each) == 1 else mean_of_outputs(each, meanings)
        truths = {name: decoded(target) for name, target in chunks[0].targets.items()}
        if rows.horizon is not None:
            later = outputs_of_horizon(first.preprocessing.plan.targets)
            outputs, truths = (by_step(one, rows.horizon, later) for one in (outputs, truths))
        columns: dict[str, OutputColumn] = {}
        for name, meaning in shown.items():
            lengths = chunks[0].lengths.get(meaning.get("lengths_of", ""))
            found = output_columns(name, outputs[name], meaning, options, lengths)
            if name in truths:
                found = with_truth(name, found, outputs[name], truths[name], meaning)
            columns |= found
        yield columns, _chunk(rows, chunks[0], part, columns)


def _chunk(
    rows: MemberRows, examples: Examples, part: slice, columns: Mapping[str, OutputColumn]
) -> NewDataChunk:
    lines = rows.horizon or 1
    count = len(examples) * lines
    numbers = np.arange(part.start * lines, part.start * lines + count)
    kept = {name: column.take(numbers) for name, column in rows.kept.items()}
    if rows.fold is not None:
        kept = {FOLD: full_column(np.full(count, rows.fold)), **kept}
    renamed = {
        f"{name}{INPUT_SUFFIX}" if name in columns else name: one for name, one in kept.items()
    }
    return NewDataChunk(count, examples, np.arange(count), renamed)


def chunk_size(examples: Examples) -> int:
    """How many examples are predicted at once: fewer of those with large targets."""
    numbers = sum(
        prod(size or 1 for size in example_shape(values)) for values in examples.targets.values()
    )
    return max(1, min(CHUNK, CHUNK_NUMBERS // max(1, numbers)))
