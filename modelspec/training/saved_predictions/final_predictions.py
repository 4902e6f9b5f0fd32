"""What a training predicts at its end, where its spec asks for measures of the predictions."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from modelspec.data.examples import report_undecodable_files
from modelspec.data.sources import fingerprint
from modelspec.evaluation import (
    SplitOrigin,
    SplitPredictions,
    measures_of_split,
    save_split,
)
from modelspec.runs import METRIC_PREFIXES, RunFile, RunFolder, measured_names
from modelspec.spec import Expect
from modelspec.training.data_record import (
    DataRecord,
    digest_of,
    fingerprints_of,
    read_data_record,
    write_into_outputs,
)
from modelspec.training.predict import DEFAULT_THRESHOLD, KerasPredictor
from modelspec.training.prepare import PreparedTraining, without_own_padding

from .collector import RowsToSave, SplitCollector, columns_of_rows


class FinalPredictions:
    """The predictions of a model that is trained, made for each split once and kept in its run.

    Args:
        prepared: the training, whose model is that of the run.
        folder: of the run, which has the model and data.json.
        others: columns of the files that are kept beside those that the data section reads.
    """

    def __init__(
        self, prepared: PreparedTraining, folder: RunFolder, others: tuple[str, ...] = ()
    ) -> None:
        self.prepared = prepared
        self.folder = folder
        self.others = others
        self._record: DataRecord | None = None
        self._kept = set[str]()
        self._found: dict[str, SplitPredictions] = {}
        self._predictor: KerasPredictor | None = None

    @property
    def record(self) -> DataRecord:
        """The content of data.json."""
        if self._record is None:
            self._record = read_data_record(self.folder.path)
        return self._record

    def of(self, split: str) -> SplitPredictions | None:
        """Those of a split; None where the data has no such split."""
        examples = self.prepared.splits.get(split)
        if examples is None:
            return None
        examples = without_own_padding(examples, self.prepared.outputs)
        if split not in self._found:
            prepared, spec = self.prepared, self.prepared.data_spec
            outputs = self.record.outputs
            ignored = {one.name: one.ignored_class for one in prepared.outputs}
            plan = prepared.data.plan
            rows = RowsToSave(split, examples, plan, outputs, ignored, self.others)
            collector = SplitCollector(rows)
            with report_undecodable_files(spec.train.span, examples):
                collector.predict(self.predictor)
            columns = columns_of_rows(collector, spec, self.record.folder)
            self._found[split] = collector.result(columns)
        return self._found[split]

    @property
    def predictor(self) -> KerasPredictor:
        """What predicts, traced once."""
        if self._predictor is None:
            self._predictor = KerasPredictor(self.prepared.model, self.prepared.saved_structure)
        return self._predictor

    def measure(self, wanted: Collection[str]) -> dict[str, float]:
        """Measures by their names, such as `test_roc_auc`; what cannot be measured is left out."""
        found: dict[str, float] = {}
        for split, prefix in METRIC_PREFIXES.items():
            if prefix and any(name.startswith(prefix) for name in wanted):
                predictions = self.of(split)
                if predictions is not None:
                    found |= measures_of_split(predictions, wanted)
        return found

    def decide(self, thresholds: Mapping[str, float]) -> None:
        """Have outputs decide at other thresholds than 0.5, and record that in data.json.

        Raises:
            CannotRunError: it cannot be written.
        """
        write_into_outputs(self.folder, "threshold", thresholds)
        self._record = None
        self._kept.clear()
        for split, predictions in self._found.items():
            outputs = {
                name: replace(one, threshold=thresholds.get(name, DEFAULT_THRESHOLD))
                for name, one in predictions.outputs.items()
            }
            self._found[split] = replace(predictions, outputs=outputs)

    def keep(self) -> None:
        """Write what was predicted into the run's folder.

        Raises:
            CannotRunError: it cannot be written.
        """
        if self._kept >= set(self._found):
            return
        weights = fingerprint(self.folder.path / RunFile.MODEL).hex()
        data = self.prepared.data
        for split, predictions in self._found.items():
            if predictions.outputs:
                files = fingerprints_of(data, split, self.folder.path)
                origin = SplitOrigin(weights, digest_of(data, split), files)
                save_split(self.folder.path, predictions, origin)
            self._kept.add(split)


def expected_measures(
    expect: Expect | None, outputs: Collection[str], known: Collection[str]
) -> list[str]:
    """The measures of predictions that `expect.metrics` names, and Keras does not log.

    Args:
        expect: the section, or None.
        outputs: of the model.
        known: what Keras has measured, with the prefixes of splits.
    """
    names = measured_names(outputs, len(outputs))
    splits = [prefix for prefix in METRIC_PREFIXES.values() if prefix]
    able = {f"{prefix}{name}" for prefix in splits for name in names}
    wanted = () if expect is None else tuple(bounds.name for bounds in expect.metrics)
    return [name for name in wanted if name in able and name not in known]
