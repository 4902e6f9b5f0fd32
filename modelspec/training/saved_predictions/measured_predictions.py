"""The predictions that `evaluate` makes, kept for all other measures."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

from modelspec.data.examples import Examples
from modelspec.evaluation import Array, Confusion, SplitPredictions
from modelspec.training.run_splits import RunSplitData, columns_of_file
from modelspec.training.trained_run import TrainedRun

from .collector import RowsToSave, SplitCollector, columns_of_rows, plain_columns
from .confusions import write_confusions
from .saving import current_predictions, extra_columns, ignored_classes, save_predictions


class MeasuredPredictions:
    """The predictions for what is measured: those in the run's folder, or new ones.

    Args:
        trained: the run.
        split: that is measured.
        data: the rows of the run's split; None for those of a file.
        examples: all that are measured.
        columns: of the files, kept with those that the data section reads.
        file: that the examples are of; None for those of a split.
    """

    def __init__(
        self,
        trained: TrainedRun,
        split: str,
        data: RunSplitData | None,
        examples: Examples,
        columns: Sequence[str] = (),
        file: Path | None = None,
    ) -> None:
        self.trained = trained
        self.split = split
        self.data = data
        self.file = file
        self.others = tuple(columns)
        self.found: SplitPredictions | None = None
        self.collector: SplitCollector | None = None
        """Takes the predictions; None where the folder has them, or a generator makes images."""
        is_whole = data is not None and len(data.examples) == len(examples)
        self.is_of_folder = is_whole and trained.runtime is None and trained.epoch_file is None
        if trained.noise is not None:
            return
        if self.is_of_folder and trained.path.is_dir():
            wanted = extra_columns(trained.spec, columns)
            self.found = current_predictions(trained.path, split, wanted)
        if self.found is None:
            plan = trained.preprocessing.plan if data is None else data.plan
            outputs, ignored = trained.data_record.outputs, ignored_classes(trained)
            others = extra_columns(trained.spec, columns)
            name = "" if data is None else split
            rows = RowsToSave(name, examples, plan, outputs, ignored, others)
            self.collector = SplitCollector(rows)

    def finish(self) -> tuple[SplitPredictions | None, tuple[str, ...]]:
        """The predictions, which the folder has from now on; and what has to be known of that."""
        if self.collector is None or not self.collector.outputs:
            return self.found, ()
        made = self.collector.result(self._columns(self.collector))
        why = None
        if self.is_of_folder and self.data is not None:
            why = save_predictions(self.trained.path, made, self.data)
        return made, () if why is None else (why,)

    def write_confusions(self, confusions: Sequence[Confusion]) -> tuple[str, ...]:
        """Keep the counts of outputs of which no predictions are kept, if they are those of the run
        on a whole split; what has to be known of that.

        Args:
            confusions: of all outputs with classes, decided by the thresholds of the run.
        """
        if not self.is_of_folder or self.data is None:
            return ()
        outputs: Collection[str] = () if self.found is None else self.found.outputs
        if self.collector is not None:
            outputs = self.collector.outputs
        left = [one for one in confusions if one.output not in outputs]
        why = write_confusions(self.trained.path, self.split, left, self.data)
        return () if why is None else (why,)

    def _columns(self, collector: SplitCollector) -> dict[str, Array]:
        """What is known of each row besides."""
        spec = self.trained.spec.data
        assert spec is not None
        if self.data is not None:
            return columns_of_rows(collector, spec, self.trained.data_record.folder)
        if self.file is None:
            return {}
        rows = collector.chosen_rows
        return plain_columns(columns_of_file(self.trained, self.file, self.others, rows))
