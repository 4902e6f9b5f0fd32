"""One training for each fold of the data, and what they reach together."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, stdev

from modelspec.diagnostics import Finding, UsageError
from modelspec.runs import (
    COMPLETE,
    FAILED,
    INTERRUPTED,
    RunFolder,
    choose,
    read_record,
    recorded,
    status_of,
)
from modelspec.spec import Spec
from modelspec.training.checkpoint import NothingLeftError, resumption

from .errors import InterruptedRunError, MissedError
from .expectations import MissedExpectation, misses
from .run import METRICS, Run, metrics_json, metrics_of, write_place, write_spec
from .train import TrainingOptions
from .trained_run import reopen

TrainOne = Callable[[int, Path], Run]
"""The number of a fold, from 1, and its folder, to its run."""


@dataclass(frozen=True, slots=True)
class Folds:
    """What the trainings on all folds have made.

    Attributes:
        path: the folder that has a run folder `fold-1`, `fold-2` ... for each.
        runs: in order.
        metrics: name to the mean over all folds.
        deviations: name to the standard deviation over all folds, of a sample.
        missed: the expectations that the means do not meet.
        findings: the warnings of all, each once.
    """

    path: Path
    runs: tuple[Run, ...]
    metrics: Mapping[str, float]
    deviations: Mapping[str, float]
    missed: tuple[MissedExpectation, ...]
    findings: tuple[Finding, ...]

    def hold(self) -> None:
        """Raise MissedError where an expectation was not met."""
        if self.missed:
            raise MissedError(self.missed)


def train_folds(spec: Spec, folds: int, order: TrainingOptions, train_one: TrainOne) -> Folds:
    """Train once for each fold, in the order of the folds.

    Args:
        spec: with `data.folds`.
        folds: how many there are.
        order: where the runs go. A run folder that `force` replaces comes back where no fold
            has been trained.
        train_one: makes and trains the model of one fold, or goes on with it.

    Raises:
        SpecError, UsageError, CannotRunError, InterruptedRunError: as a training does. The folds
            that are trained by then stay.
    """
    folder = _folder(spec, order)
    runs: list[Run] = []
    try:
        write_spec(folder, spec, order.overrides)
        write_place(folder, spec.path or Path(f"{spec.name}.yaml"))
        with _without_advice():
            for number in range(1, folds + 1):
                if order.log_format != "json":
                    print(f"fold {number} of {folds}", file=sys.stderr)
                runs.append(train_one(number, folder.path / f"fold-{number}"))
        found = _together(folder.path, runs, spec)
        epochs = max(len(run.history.get("loss", ())) for run in runs)
        written = metrics_json(found.metrics, epochs, found.missed)
        spread = metrics_json(found.deviations, epochs, ())
        written["deviation"] = {part: spread[part] for part in ("train", "validation", "test")}
        folder.write_json(METRICS, {"folds": folds, **written})
        folder.keep(COMPLETE, folds=folds)
    except BaseException as error:
        stopped = isinstance(error, InterruptedRunError)
        if order.resume or any(folder.path.glob("fold-*")):
            folder.keep(INTERRUPTED if stopped else FAILED, folds=len(runs))
        else:
            folder.undo()
        if isinstance(error, InterruptedRunError) and folder.path.exists():
            raise InterruptedRunError(error.signal, folder.path) from error
        raise
    finally:
        folder.close()
    return found


def _folder(spec: Spec, order: TrainingOptions) -> RunFolder:
    """The folder of a new run, or that of one to resume, open."""
    if order.resume:
        assert order.output is not None
        folder = RunFolder(order.output)
        folder.resume()
    else:
        folder = RunFolder(choose(order.output, spec.name, force=order.force))
        folder.create()
    return folder


def folds_left(run: Path, spec: Spec) -> tuple[set[int], set[int]]:
    """The folds that have begun, and those that are not at their end by the present spec.

    Raises:
        NothingLeftError: the run is complete, and all folds are.
    """
    assert spec.data is not None and spec.data.folds is not None and spec.training is not None
    begun, left = set[int](), set(range(1, spec.data.folds + 1))
    for number in sorted(left):
        path = run / f"fold-{number}"
        try:
            same = recorded(path).has_callbacks(spec)
            begun.add(number)
            resumption(path, spec.training, same_callbacks=same)
        except NothingLeftError:
            left.remove(number)
        except UsageError:  # it is not there, or was ended before it had begun to learn
            continue
    if not left and status_of(run).get("status") == COMPLETE:
        epochs = spec.training.epochs
        message = f"the run in {run} is complete: all of its {spec.data.folds} folds are"
        raise NothingLeftError(f"{message}. To go on: --set training.epochs={epochs * 2}")
    return begun, left


def finished(path: Path, log_format: str) -> Run:
    """The run of a fold that is complete, which is said unless the log is JSON.

    Raises:
        SpecError, CannotRunError: the folder is damaged.
    """
    opened, record = reopen(path), read_record(path)
    if log_format != "json":
        print("complete: nothing is left to do", file=sys.stderr)
    return Run(path, opened.model, record.curves, metrics_of(record.metrics))


@contextmanager
def _without_advice() -> Iterator[None]:
    """TensorFlow takes the steps of several models for one that is traced again and again."""

    def is_no_advice(record: logging.LogRecord) -> bool:
        return "tf.function retracing" not in record.getMessage()

    logger = logging.getLogger("tensorflow")
    logger.addFilter(is_no_advice)
    try:
        yield
    finally:
        logger.removeFilter(is_no_advice)


def _together(path: Path, runs: list[Run], spec: Spec) -> Folds:
    names = [name for name in runs[0].metrics if all(name in run.metrics for run in runs)]
    each = {name: [run.metrics[name] for run in runs] for name in names}
    means = {name: fmean(values) for name, values in each.items()}
    findings = dict.fromkeys(finding for run in runs for finding in run.findings)
    return Folds(
        path,
        tuple(runs),
        means,
        {name: stdev(values) for name, values in each.items()},
        tuple(misses(spec.expect, means)),
        tuple(findings),
    )
