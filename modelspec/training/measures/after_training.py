"""The slices that `expect` names, measured at the end of a training."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from modelspec.diagnostics import Findings, ModelspecError
from modelspec.evaluation import joined_predictions
from modelspec.runs import METRIC_PREFIXES, RunFolder
from modelspec.spec import Expect, Spec
from modelspec.training.fit import decided_by_chief
from modelspec.training.prepare import PreparedTraining
from modelspec.training.run import MissedExpectation
from modelspec.training.saved_predictions import (
    FinalPredictions,
    Thresholds,
    choose_thresholds,
    current_predictions,
    expected_measures,
    extra_columns,
)

from .expected_slices import MeasureContext, group_of, missed_slices, not_measured
from .run_measures import run_facts

SPLITS = ("validation", "test")


def _sliced_splits(expect: Expect) -> Iterator[str]:
    """The splits of which slices are expected."""
    for split in SPLITS:
        if any(bounds.name.startswith(METRIC_PREFIXES[split]) for bounds in expect.sliced):
            yield split


class FinalMeasures:
    """What `expect` asks of the predictions of a trained model; they are made once, and kept.

    Args:
        spec: that was trained.
        prepared: its data and trained model.
        folder: of the run, which has the model and data.json.
    """

    def __init__(self, spec: Spec, prepared: PreparedTraining, folder: RunFolder) -> None:
        self.expect = None if prepared.training.gan is not None else spec.expect
        self.others = extra_columns(spec, ())
        self.prepared = prepared
        self.folder = folder
        self._made: FinalPredictions | None = None

    @property
    def predictions(self) -> FinalPredictions:
        """What the model says of its splits; for the process that writes the run."""
        if self._made is None:
            self._made = FinalPredictions(self.prepared, self.folder, self.others)
        return self._made

    def choose_thresholds(self, findings: Findings) -> Thresholds:
        """Choose the thresholds that the spec asks for, and record them; in all processes.

        Args:
            findings: takes warnings.
        """
        if self.prepared.training.gan is not None:
            return Thresholds({}, {})

        def choose() -> Thresholds:
            chosen = choose_thresholds(self.prepared, self.predictions, findings)
            self.predictions.keep()
            return chosen

        return decided_by_chief(choose)

    def expected(self, known: Mapping[str, float]) -> dict[str, float]:
        """What `expect.metrics` names and only predictions tell; in all processes.

        Args:
            known: what Keras has measured.
        """
        outputs = self.prepared.saved_structure.output_names
        wanted = expected_measures(self.expect, outputs, known)
        if not wanted:
            return {}

        def measure() -> dict[str, float]:
            found = self.predictions.measure(wanted)
            self.predictions.keep()
            return found

        return decided_by_chief(measure)

    def missed_slices(self) -> tuple[MissedExpectation, ...]:
        """The expectations of slices that are missed; for the process that writes the run."""
        if self.expect is None or not self.expect.sliced:
            return ()
        missed: list[MissedExpectation] = []
        objectives = {output.name: output for output in self.prepared.outputs}
        facts = MeasureContext(objectives, group=group_of(self.prepared.data_spec))
        for split in _sliced_splits(self.expect):
            found = self.predictions.of(split)
            if found is None:
                missed += not_measured(self.expect, split, f"there is no {split} split")
            else:
                missed += missed_slices(self.expect, facts, found)
        self.predictions.keep()
        return tuple(missed)


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
            found = [current_predictions(run, split) for run in runs]
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
