"""The predictions of splits that a run's folder keeps: made once, and anew when they are stale."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from modelspec.analysis.losses import objectives_of
from modelspec.data.examples import Examples, report_undecodable_files
from modelspec.data.sources import fingerprint
from modelspec.diagnostics import CannotRunError, Findings, SpecError, UsageError, join_words
from modelspec.evaluation import SplitOrigin, SplitPredictions, read_split, save_split
from modelspec.runs import RunFile
from modelspec.training.predict import chunk_size
from modelspec.training.prepare import without_own_padding
from modelspec.training.run_splits import RunSplitData, load_split
from modelspec.training.trained_run import TrainedRun

from .collector import RowsToKeep, SplitCollector, columns_of_rows


def kept_split(run: Path, split: str) -> SplitPredictions | None:
    """The predictions of a split that a run's folder has; needs no TensorFlow.

    Args:
        run: its folder.
        split: "train", "validation" or "test".

    Returns:
        None where there are none, or they are of other weights or data than those of now. Of files
        that are gone it is not known that they changed.
    """

    def is_current(origin: SplitOrigin) -> bool:
        is_same = origin.weights == fingerprint(run / RunFile.MODEL).hex()
        return is_same and all(_is_unchanged(run / n, had) for n, had in origin.files.items())

    return read_split(run, split, is_current)


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


def keep_split(
    trained: TrainedRun, predictions: SplitPredictions, data: RunSplitData
) -> str | None:
    """Write predictions into the folder of their run.

    Args:
        trained: a run whose folder has its model.
        predictions: of all rows of a split.
        data: the rows.

    Returns:
        Why nothing was written, as a sentence; None where it was.
    """
    if not predictions.outputs:
        return None
    try:
        weights = fingerprint(trained.path / RunFile.MODEL).hex()
        save_split(trained.path, predictions, SplitOrigin(weights, data.digest, data.files))
    except (CannotRunError, OSError) as error:
        return f"the predictions are not kept for other measures: {error}"
    return None


def predict_kept_split(trained: TrainedRun, split: str) -> SplitPredictions:
    """Predict the rows of a split of a run, and keep that in its folder.

    Args:
        trained: the run; of a model of an epoch nothing is kept.
        split: "train", "validation" or "test".

    Raises:
        UsageError: there is no such split, or no output has predictions that can be kept.
        SpecError: the data cannot be read, or changed since the training.
    """
    findings, spec = Findings(), trained.spec
    assert spec.data is not None and spec.training is not None
    data = load_split(trained, spec.data, split, findings)
    if data is None or findings.has_errors:
        raise SpecError(findings.sorted())
    objectives = objectives_of(spec.training, trained.structure.output_names)
    data = replace(data, examples=without_own_padding(data.examples, objectives.values()))
    outputs, ignored = trained.data_record.outputs, ignored_classes(trained)
    rows = RowsToKeep(split, data.examples, data.plan, outputs, ignored)
    collector = SplitCollector(rows)
    refuse_nothing_kept(collector.left_out, collector.outputs)
    predictor, size = trained.predictor(), chunk_size(data.examples)
    with report_undecodable_files(spec.data.train.span, data.examples):
        for start in range(0, len(data.examples), size):
            chunk: Examples = data.examples.take(slice(start, start + size))
            collector.add(chunk, predictor(replace(chunk, targets={})))
    refuse_nothing_kept(collector.left_out, collector.outputs)
    columns = columns_of_rows(collector, spec.data, trained.data_record.folder)
    made = collector.result(columns)
    if trained.epoch_file is None:
        keep_split(trained, made, data)
    return made


def refuse_nothing_kept(left_out: Mapping[str, str], outputs: tuple[str, ...]) -> None:
    """Refuse a run of which no output can be kept.

    Raises:
        UsageError: there is none.
    """
    if outputs:
        return
    said = join_words(f"`{name}` {reason}" for name, reason in left_out.items())
    message = f"no output of the run has predictions that are measured row by row: {said}"
    raise UsageError(f"{message}; `modelspec evaluate` measures it with its loss and metrics")
