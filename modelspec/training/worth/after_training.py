"""The slices that `expect` names, measured at the end of a training."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from modelspec.data.examples import report_undecodable_files
from modelspec.diagnostics import ModelspecError
from modelspec.evaluation import SplitPredictions, joined_predictions
from modelspec.runs import METRIC_PREFIXES
from modelspec.spec import Expect, Spec
from modelspec.training.data_record import digest_of, fingerprints_of, read_data_record
from modelspec.training.kept import (
    RowsToKeep,
    SplitCollector,
    columns_of_rows,
    keep_split,
    kept_split,
    others_of,
)
from modelspec.training.predict import KerasPredictor, chunk_size
from modelspec.training.prepare import PreparedTraining, without_own_padding
from modelspec.training.run import MissedExpectation
from modelspec.training.run_splits import RunSplitData

from .expected_slices import WorthFacts, group_of, missed_slices, not_measured
from .run_worth import run_facts

SPLITS = ("validation", "test")


def _sliced_splits(expect: Expect) -> Iterator[str]:
    """The splits of which slices are expected."""
    for split in SPLITS:
        if any(bounds.name.startswith(METRIC_PREFIXES[split]) for bounds in expect.sliced):
            yield split


def slices_missed_after(
    spec: Spec, prepared: PreparedTraining, folder: Path
) -> list[MissedExpectation]:
    """The expectations of slices that a trained model misses; the run keeps the predictions.

    Args:
        spec: that was trained; without slices under `expect.metrics` nothing is predicted.
        prepared: its data and trained model.
        folder: of the run, with the trained model.
    """
    expect, missed = spec.expect, []
    for split in () if expect is None else _sliced_splits(expect):
        assert expect is not None
        if split not in prepared.splits:
            missed += not_measured(expect, split, f"there is no {split} split")
            continue
        predictions = _predictions(spec, prepared, folder, split)
        objectives = {output.name: output for output in prepared.outputs}
        facts = WorthFacts(objectives, group=group_of(prepared.data_spec))
        missed += missed_slices(expect, facts, predictions)
    return missed


def _predictions(
    spec: Spec, prepared: PreparedTraining, folder: Path, split: str
) -> SplitPredictions:
    data, record = prepared.data, read_data_record(folder)
    examples = without_own_padding(prepared.splits[split], prepared.outputs)
    ignored = {output.name: output.ignored_class for output in prepared.outputs}
    others = others_of(spec, ())
    rows = RowsToKeep(split, examples, data.plan, record.outputs, ignored, others)
    collector = SplitCollector(rows)
    predictor = KerasPredictor(prepared.model, prepared.saved_structure)
    size = chunk_size(examples)
    with report_undecodable_files(prepared.data_spec.train.span, examples):
        for start in range(0, len(examples) if collector.outputs else 0, size):
            chunk = examples.take(slice(start, start + size))
            collector.add(chunk, predictor(replace(chunk, targets={})))
    columns = columns_of_rows(collector, prepared.data_spec, record.folder)
    predictions = collector.result(columns)
    files = fingerprints_of(data, split, folder)
    keep_split(
        folder, predictions, RunSplitData(examples, data.plan, digest_of(data, split), files)
    )
    return predictions


def slices_missed_by_all(expect: Expect | None, runs: Sequence[Path]) -> list[MissedExpectation]:
    """The expectations of slices that the runs of folds or seeds miss together.

    Each row is measured by the model that was not trained on it, of seeds by each model; a row
    that several models predict counts as one where intervals are drawn.

    Args:
        expect: the section, or None.
        runs: the folders of the runs, complete.
    """
    missed: list[MissedExpectation] = []
    for split in () if expect is None else _sliced_splits(expect):
        assert expect is not None
        try:
            found = [kept_split(run, split) for run in runs]
            facts = run_facts(runs[0], split).facts
        except ModelspecError as error:
            missed += not_measured(expect, split, str(error))
            continue
        kept = [one for one in found if one is not None]
        if len(kept) < len(runs):
            missed += not_measured(expect, split, "a run has no predictions of the split")
        else:
            missed += missed_slices(expect, facts, joined_predictions(kept))
    return missed
