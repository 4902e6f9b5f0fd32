"""The predictions that `evaluate` makes, kept for all other measures."""

from __future__ import annotations

from collections.abc import Sequence

from modelspec.data.examples import Examples
from modelspec.evaluation import SplitPredictions
from modelspec.training.run_splits import RunSplitData
from modelspec.training.trained_run import TrainedRun

from .collector import RowsToKeep, SplitCollector, columns_of_rows
from .keeping import ignored_classes, keep_split, kept_split, others_of


class KeptPredictions:
    """The predictions for what is measured: those in the run's folder, or new ones.

    Args:
        trained: the run.
        split: that is measured.
        data: the rows of the run's split; None for those of a file.
        examples: all that are measured.
        columns: of the files, kept with those that the data section reads.
    """

    def __init__(
        self,
        trained: TrainedRun,
        split: str,
        data: RunSplitData | None,
        examples: Examples,
        columns: Sequence[str] = (),
    ) -> None:
        self.trained = trained
        self.data = data
        self.found: SplitPredictions | None = None
        self.collector: SplitCollector | None = None
        """Takes the predictions; None where the folder has them, or a generator makes images."""
        is_whole = data is not None and len(data.examples) == len(examples)
        self.is_of_folder = is_whole and trained.runtime is None and trained.epoch_file is None
        if trained.noise is not None:
            return
        if self.is_of_folder and trained.path.is_dir():
            self.found = kept_split(trained.path, split, others_of(trained.spec, columns))
        if self.found is None:
            plan = trained.preprocessing.plan if data is None else data.plan
            outputs, ignored = trained.data_record.outputs, ignored_classes(trained)
            others = others_of(trained.spec, columns)
            name = "" if data is None else split
            rows = RowsToKeep(name, examples, plan, outputs, ignored, others)
            self.collector = SplitCollector(rows)

    def finish(self) -> tuple[SplitPredictions | None, tuple[str, ...]]:
        """The predictions, which the folder has from now on; and what has to be known of that."""
        if self.collector is None or not self.collector.outputs:
            return self.found, ()
        spec, columns = self.trained.spec.data, {}
        assert spec is not None
        if self.data is not None or self.collector.rows.examples.table.columns:
            columns = columns_of_rows(self.collector, spec, self.trained.data_record.folder)
        made = self.collector.result(columns)
        why = None
        if self.is_of_folder and self.data is not None:
            why = keep_split(self.trained.path, made, self.data)
        return made, () if why is None else (why,)
