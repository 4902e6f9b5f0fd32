"""Cross-validation: one training for each fold of the data, and the metrics over all of them."""

from __future__ import annotations

import logging
import math
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, stdev

from modelspec.diagnostics import Finding, UsageError
from modelspec.runs import (
    METRIC_PREFIXES,
    RunFile,
    RunFolder,
    RunStatus,
    choose_folder,
    fold_folder,
    read_record,
    read_recorded_spec,
    read_status,
)
from modelspec.spec import Spec
from modelspec.training.checkpoint import NothingLeftError, find_resumption
from modelspec.training.predict import join_fold_predictions

from .data_record import write_spec_location
from .run import MissedError, MissedExpectation, Run, missed_expectations
from .run_files import metrics_json, write_spec
from .stop_signals import InterruptedRunError
from .train import TrainingOptions
from .trained_run import reopen

TrainFold = Callable[[int, Path], Run]
"""From the number of a fold, counted from 1, and its folder to its run."""


@dataclass(frozen=True, slots=True)
class Folds:
    """The result of the trainings on all folds.

    Attributes:
        path: the folder with a run folder `fold-1`, `fold-2` ... for each fold.
        runs: in order.
        metrics: name to the mean over all folds.
        deviations: name to the sample standard deviation over all folds.
        missed: the expectations that the means do not meet.
        findings: the warnings of all runs, each once.
    """

    path: Path
    runs: tuple[Run, ...]
    metrics: Mapping[str, float]
    deviations: Mapping[str, float]
    missed: tuple[MissedExpectation, ...]
    findings: tuple[Finding, ...]

    def raise_if_missed(self) -> None:
        """Raise MissedError if an expectation is not met."""
        if self.missed:
            raise MissedError(self.missed)


def train_folds(spec: Spec, folds: int, options: TrainingOptions, train_fold: TrainFold) -> Folds:
    """Train once for each fold, in the order of the folds.

    Args:
        spec: with `data.folds`.
        folds: how many there are.
        options: where the runs go. A run folder that `force` replaces is restored if no fold was
            trained.
        train_fold: makes and trains the model of one fold, or resumes it.

    Raises:
        SpecError, UsageError, CannotRunError, InterruptedRunError: as a training does. The folds
            trained until then stay.
    """
    folder = _open_folder(spec, options)
    runs: list[Run] = []
    try:
        write_spec(folder, spec, options.overrides)
        write_spec_location(folder, spec.path or Path(f"{spec.name}.yaml"))
        with _without_retracing_warnings():
            for number in range(1, folds + 1):
                if options.log_format != "json":
                    print(f"fold {number} of {folds}", file=sys.stderr)
                runs.append(train_fold(number, folder.path / fold_folder(number)))
        result = _summarize(folder.path, runs, spec)
        _write_metrics(folder, result)
        join_fold_predictions(folder, folds)
        folder.finish(RunStatus.COMPLETE, folds=folds)
    except BaseException as error:
        interrupted = isinstance(error, InterruptedRunError)
        if options.resume or any(folder.path.glob("fold-*")):
            status = RunStatus.INTERRUPTED if interrupted else RunStatus.FAILED
            folder.finish(status, folds=len(runs))
        else:
            folder.roll_back()
        if isinstance(error, InterruptedRunError) and folder.path.exists():
            raise InterruptedRunError(error.signal, folder.path) from error
        raise
    finally:
        folder.unlock()
    return result


def _open_folder(spec: Spec, options: TrainingOptions) -> RunFolder:
    """The folder of a new run, or of one to resume, open."""
    if options.resume:
        assert options.output is not None
        folder = RunFolder(options.output)
        folder.resume()
    else:
        folder = RunFolder(choose_folder(options.output, spec.name, force=options.force))
        folder.create()
    return folder


def _summarize(path: Path, runs: list[Run], spec: Spec) -> Folds:
    names = [name for name in runs[0].metrics if all(name in run.metrics for run in runs)]
    values = {name: [run.metrics[name] for run in runs] for name in names}
    means = {name: fmean(numbers) for name, numbers in values.items()}
    findings = dict.fromkeys(finding for run in runs for finding in run.findings)
    return Folds(
        path,
        tuple(runs),
        means,
        {name: stdev(numbers) for name, numbers in values.items()},
        tuple(missed_expectations(spec.expect, means)),
        tuple(findings),
    )


def _write_metrics(folder: RunFolder, result: Folds) -> None:
    """Write metrics.json: the means by split, and under `deviation` the standard deviations."""
    epochs = max(len(run.history.get("loss", ())) for run in result.runs)
    content = metrics_json(result.metrics, epochs, result.missed)
    deviations = metrics_json(result.deviations, epochs, ())
    content["deviation"] = {split: deviations[split] for split in METRIC_PREFIXES}
    folder.write_json(RunFile.METRICS, {"folds": len(result.runs), **content})


def unfinished_folds(run: Path, spec: Spec) -> tuple[set[int], set[int]]:
    """The folds that have begun, and those that are not complete by the present spec.

    Raises:
        NothingLeftError: the run and all its folds are complete.
    """
    assert spec.data is not None and spec.data.folds is not None and spec.training is not None
    begun, left = set[int](), set(range(1, spec.data.folds + 1))
    for number in sorted(left):
        path = run / fold_folder(number)
        try:
            same_callbacks = read_recorded_spec(path).has_callbacks(spec)
            begun.add(number)
            find_resumption(path, spec.training, same_callbacks=same_callbacks)
        except NothingLeftError:
            left.remove(number)
        except UsageError:  # there is no such folder, or it ended before it had begun to train
            continue
    if not left and read_status(run).get("status") == RunStatus.COMPLETE:
        epochs = spec.training.epochs
        message = f"the run in {run} is complete, with all of its {spec.data.folds} folds"
        raise NothingLeftError(f"{message}. To go on: --set training.epochs={epochs * 2}")
    return begun, left


def load_complete_fold(path: Path, log_format: str) -> Run:
    """The run of a fold that is complete; says so on standard error unless the log is JSON.

    Raises:
        SpecError, CannotRunError: the folder is damaged.
    """
    trained, record = reopen(path), read_record(path)
    if log_format != "json":
        print("complete: nothing left to do", file=sys.stderr)
    metrics = {n: math.nan if v is None else v for n, v in record.flat_metrics.items()}
    return Run(path, trained.model, record.curves, metrics)


@contextmanager
def _without_retracing_warnings() -> Iterator[None]:
    """TensorFlow mistakes the steps of several models for one that is retraced again and again."""

    def is_other(record: logging.LogRecord) -> bool:
        return "tf.function retracing" not in record.getMessage()

    logger = logging.getLogger("tensorflow")
    logger.addFilter(is_other)
    try:
        yield
    finally:
        logger.removeFilter(is_other)
