"""The predictions of splits that a run's folder keeps: made once, and anew when they are stale."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from modelspec.analysis.losses import objectives_of
from modelspec.data.examples import report_undecodable_files
from modelspec.data.sources import fingerprint
from modelspec.diagnostics import (
    CannotRunError,
    Findings,
    SpecError,
    UsageError,
    did_you_mean,
    join_words,
)
from modelspec.evaluation import Array, SplitOrigin, SplitPredictions, read_split, save_split
from modelspec.runs import RunFile
from modelspec.spec import Spec
from modelspec.training.prepare import without_own_padding
from modelspec.training.run_splits import RunSplitData, load_split
from modelspec.training.trained_run import TrainedRun

from .collector import RowsToSave, SplitCollector, columns_of_rows


def current_predictions(
    run: Path, split: str, columns: Sequence[str] = ()
) -> SplitPredictions | None:
    """The predictions of a split that a run's folder has; needs no TensorFlow.

    Args:
        run: its folder.
        split: "train", "validation" or "test".
        columns: that the rows must have.

    Returns:
        None where there are none, where they have no such column, or they are of other weights or
        data than those of now. Of files that are gone it is not known that they changed.
    """

    found = read_split(run, split, lambda origin: is_origin_current(run, origin))
    return found if found is not None and found.columns.keys() >= set(columns) else None


def is_origin_current(run: Path, origin: SplitOrigin) -> bool:
    """Whether the weights and the files of a run are those that something was computed from; of
    files that are gone it is not known that they changed.

    Raises:
        OSError: there are no weights.
    """
    is_same = origin.weights == fingerprint(run / RunFile.MODEL).hex()
    return is_same and all(_is_unchanged(run / n, had) for n, had in origin.files.items())


def _is_unchanged(path: Path, before: str) -> bool:
    try:
        return fingerprint(path).hex() == before
    except OSError:
        return not path.exists()


def ignored_classes(trained: TrainedRun) -> Mapping[str, int | None]:
    """Output name to the class number that its loss passes over."""
    training = trained.spec.training
    assert training is not None
    objectives = objectives_of(training, trained.structure.output_names)
    return {name: objective.ignored_class for name, objective in objectives.items()}


def save_predictions(run: Path, predictions: SplitPredictions, data: RunSplitData) -> str | None:
    """Write predictions into the folder of their run.

    Args:
        run: its folder, which has its model.
        predictions: of all rows of a split.
        data: the rows.

    Returns:
        Why nothing was written, as a sentence; None where it was.
    """
    if not predictions.outputs:
        return None
    try:
        weights = fingerprint(run / RunFile.MODEL).hex()
        save_split(run, predictions, SplitOrigin(weights, data.digest, data.files))
    except (CannotRunError, OSError) as error:
        return f"the predictions are not kept for other measures: {error}"
    return None


def predict_and_save(
    trained: TrainedRun, split: str, columns: Sequence[str] = ()
) -> SplitPredictions:
    """Predict the rows of a split of a run, and keep that in its folder.

    Args:
        trained: the run; of a model of an epoch nothing is kept.
        split: "train", "validation" or "test".
        columns: of the files, kept with those that the data section reads and those that `expect`
            makes slices by.

    Raises:
        UsageError: there is no such split or column, or no output has predictions that can be
            kept.
        SpecError: the data cannot be read, or changed since the training.
    """
    spec, data = trained.spec, load_predicted_split(trained, split)
    assert spec.data is not None
    collector = _collector(trained, split, data, columns)
    refuse_nothing_saved(collector.left_out, collector.outputs)
    found = columns_of_rows(collector, spec.data, trained.data_record.folder)
    refuse_unknown_columns(columns, found)
    with report_undecodable_files(spec.data.train.span, data.examples):
        collector.predict(trained.predictor())
    refuse_nothing_saved(collector.left_out, collector.outputs)
    made = collector.result(found)
    if trained.epoch_file is None:
        save_predictions(trained.path, made, data)
    return made


def with_columns(
    trained: TrainedRun, kept: SplitPredictions, columns: Sequence[str]
) -> SplitPredictions:
    """Kept predictions with more columns of their rows, which are kept too; needs no TensorFlow.

    Args:
        trained: the run; its model is not used.
        kept: the predictions of a split.
        columns: of the files.

    Raises:
        UsageError: there is no such column.
        SpecError: the data cannot be read, or changed since the training.
    """
    assert trained.spec.data is not None
    data = load_predicted_split(trained, kept.split)
    collector = _collector(trained, kept.split, data, (*kept.columns, *columns))
    found = columns_of_rows(collector, trained.spec.data, trained.data_record.folder)
    refuse_unknown_columns(columns, found)
    made = replace(kept, columns=found)
    save_predictions(trained.path, made, data)
    return made


def load_predicted_split(trained: TrainedRun, split: str) -> RunSplitData:
    """The rows of a split as they are predicted.

    Raises:
        UsageError: there is no such split.
        SpecError: the data cannot be read, or changed since the training.
    """
    findings, spec = Findings(), trained.spec
    assert spec.data is not None and spec.training is not None
    data = load_split(trained, spec.data, split, findings)
    if data is None or findings.has_errors:
        raise SpecError(findings.sorted())
    objectives = objectives_of(spec.training, trained.structure.output_names)
    return replace(data, examples=without_own_padding(data.examples, objectives.values()))


def _collector(
    trained: TrainedRun, split: str, data: RunSplitData, columns: Sequence[str]
) -> SplitCollector:
    others = extra_columns(trained.spec, columns)
    outputs, ignored = trained.data_record.outputs, ignored_classes(trained)
    return SplitCollector(RowsToSave(split, data.examples, data.plan, outputs, ignored, others))


def extra_columns(spec: Spec, columns: Sequence[str]) -> tuple[str, ...]:
    """The columns that are kept whether the data section reads them or not: those that `expect`
    makes slices by, and some that are asked for."""
    named = () if spec.expect is None else spec.expect.slice_columns
    return tuple(dict.fromkeys((*named, *columns)))


def refuse_unknown_columns(columns: Sequence[str], found: Mapping[str, Array]) -> None:
    """Refuse columns that rows are asked for and do not have.

    Args:
        columns: that are asked for.
        found: those that the rows have.

    Raises:
        UsageError: there is no such column.
    """
    for name in columns:
        if name not in found:
            known, close = list(found), did_you_mean(name, found)
            there = join_words((f"`{one}`" for one in known), most=12) if known else "none"
            message = f"the rows have no column `{name}` with one value each{close or '.'}"
            hint = f"The data section reads {there}; any other column of the files can be named too"
            raise UsageError(f"{message} {hint}")


def refuse_nothing_saved(left_out: Mapping[str, str], outputs: tuple[str, ...]) -> None:
    """Refuse a run of which no output can be kept.

    Raises:
        UsageError: there is none.
    """
    if outputs:
        return
    said = join_words(f"`{name}` {reason}" for name, reason in left_out.items())
    message = f"no output of the run has predictions that are measured row by row: {said}"
    raise UsageError(f"{message}; `modelspec evaluate` measures it with its loss and metrics")
