"""Several trainings of one spec, for each fold or seed, and the metrics over all of them."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, stdev
from typing import Any, NamedTuple

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
    seed_folder,
)
from modelspec.spec import Expect, Spec
from modelspec.training.checkpoint import NothingLeftError, find_resumption
from modelspec.training.fit import UnwrittenFolder, decided_by_chief
from modelspec.training.predict import join_fold_predictions
from modelspec.training.prepare import spec_file

from .data_record import write_spec_location
from .run import MissedError, MissedExpectation, Run, missed_expectations
from .run_files import metrics_json, write_spec
from .stop_signals import InterruptedRunError
from .train import TrainingOptions
from .trained_run import reopen

TrainMember = Callable[["Member", Path], Run]
"""From a member and its folder to its run."""

SEEDS, FOLDS = "seeds", "folds"


class Member(NamedTuple):
    """One training of several.

    Attributes:
        folder: the name of the subfolder of its run.
        title: what it is called before its progress.
        overrides: what it changes in the spec, by dotted path.
    """

    folder: str
    title: str
    overrides: Mapping[str, Any]


class GroupPlan(NamedTuple):
    """Which trainings there are.

    Attributes:
        kind: "folds" or "seeds".
        members: in order.
    """

    kind: str
    members: tuple[Member, ...]

    @property
    def numbers(self) -> int | list[int]:
        """What run.json and metrics.json say of them: how many folds, or the seeds."""
        if self.kind == FOLDS:
            return len(self.members)
        return [member.overrides["training.seed"] for member in self.members]


def plan_of(spec: Spec) -> GroupPlan | None:
    """The trainings of a spec with `data.folds` or `training.seeds`; None where there is one.

    The splits are the same for all seeds: `data.seed`, or the first of them, decides these.
    """
    data, training = spec.data, spec.training
    if data is not None and data.folds is not None and data.fold is None:
        return GroupPlan(
            FOLDS,
            tuple(
                Member(fold_folder(number), f"fold {number} of {data.folds}", {"data.fold": number})
                for number in range(1, data.folds + 1)
            ),
        )
    if data is None or training is None or training.seeds == 1:
        return None
    splits = training.seed if data.seed is None else data.seed
    members = []
    for number in range(training.seeds):
        seed = training.seed + number
        overrides = {"training.seeds": 1, "training.seed": seed, "data.seed": splits}
        title = f"seed {seed}, {number + 1} of {training.seeds}"
        members.append(Member(seed_folder(seed), title, overrides))
    return GroupPlan(SEEDS, tuple(members))


@dataclass(frozen=True, slots=True)
class RunGroup:
    """The result of the trainings on all folds, or with all seeds.

    Attributes:
        path: the folder with a run folder `fold-1`, `fold-2` ... for each fold, or `seed-0`,
            `seed-1` ... for each seed.
        kind: "folds" or "seeds".
        runs: in order.
        metrics: name to the mean over all runs.
        deviations: name to the sample standard deviation over all runs.
        missed: the expectations that the means do not meet; none where a run has paused.
        findings: the warnings of all runs, each once.
    """

    path: Path
    kind: str
    runs: tuple[Run, ...]
    metrics: Mapping[str, float]
    deviations: Mapping[str, float]
    missed: tuple[MissedExpectation, ...]
    findings: tuple[Finding, ...]

    @property
    def is_chief(self) -> bool:
        """Whether this process has written the run folders."""
        return all(run.is_chief for run in self.runs)

    def raise_if_missed(self) -> None:
        """Raise MissedError if an expectation is not met."""
        if self.missed:
            raise MissedError(self.missed)


def train_group(
    spec: Spec, plan: GroupPlan, options: TrainingOptions, train_member: TrainMember
) -> RunGroup:
    """Train once for each fold or seed, in their order.

    Args:
        spec: with `data.folds` or `training.seeds`.
        plan: of the spec.
        options: where the runs go. A run folder that `force` replaces is restored if nothing was
            trained.
        train_member: makes and trains the model of one of them, or resumes it.

    Raises:
        SpecError, UsageError, CannotRunError, InterruptedRunError: as a training does. What was
            trained until then stays.
    """
    folder = _open_folder(spec, options)
    shows = folder.writes and options.log_format != "json"
    runs: list[Run] = []
    try:
        if folder.writes:
            write_spec(folder, spec, options.overrides)
            write_spec_location(folder, spec_file(spec))
        for member in plan.members:
            if shows:
                print(member.title, file=sys.stderr)
            runs.append(train_member(member, folder.path / member.folder))
        is_paused = any(run.paused_after is not None for run in runs)
        result = _summarize(folder.path, runs, None if is_paused else spec.expect, plan)
        if not is_paused and folder.writes:
            _write_metrics(folder, result, plan)
            if plan.kind == FOLDS:
                join_fold_predictions(folder, len(plan.members))
        status = RunStatus.PAUSED if is_paused else RunStatus.COMPLETE
        folder.finish(status, **{plan.kind: plan.numbers})
    except BaseException as error:
        interrupted = isinstance(error, InterruptedRunError)
        if options.resume or any((folder.path / member.folder).exists() for member in plan.members):
            status = RunStatus.INTERRUPTED if interrupted else RunStatus.FAILED
            done = plan._replace(members=plan.members[: len(runs)])
            folder.finish(status, **{plan.kind: done.numbers})
        else:
            folder.roll_back()
        if isinstance(error, InterruptedRunError) and folder.path.exists():
            raise InterruptedRunError(error.signal, folder.path) from error
        raise
    finally:
        folder.unlock()
    return result


def _open_folder(spec: Spec, options: TrainingOptions) -> RunFolder:
    """The folder of a new run, or of one to resume, open where this process writes it."""
    opened: list[RunFolder] = []

    def open_folder() -> Path:
        if options.resume:
            assert options.output is not None
            folder = RunFolder(options.output)
            folder.resume()
        else:
            folder = RunFolder(choose_folder(options.output, spec.name, force=options.force))
            folder.create()
        opened.append(folder)
        return folder.path

    path = decided_by_chief(open_folder)
    return opened[0] if opened else UnwrittenFolder(path)


def _summarize(path: Path, runs: list[Run], expect: Expect | None, plan: GroupPlan) -> RunGroup:
    names = [name for name in runs[0].metrics if all(name in run.metrics for run in runs)]
    values = {name: [run.metrics[name] for run in runs] for name in names}
    means = {name: _finite(fmean, numbers) for name, numbers in values.items()}
    findings = dict.fromkeys(finding for run in runs for finding in run.findings)
    missed = missed_expectations(expect, means)
    missed += [miss for run in runs for miss in run.missed if miss.of_threshold]
    if expect is not None and expect.sliced and all(run.is_chief for run in runs):
        from .measures import slices_missed_by_all

        missed += slices_missed_by_all(expect, [run.path for run in runs])
    return RunGroup(
        path,
        plan.kind,
        tuple(runs),
        means,
        {name: _finite(stdev, numbers) for name, numbers in values.items()},
        tuple(missed),
        tuple(findings),
    )


def _finite(summarize: Callable[[list[float]], float], numbers: list[float]) -> float:
    """The mean or the deviation; NaN where a run has diverged, on which `statistics` fails."""
    return summarize(numbers) if all(map(math.isfinite, numbers)) else math.nan


def _write_metrics(folder: RunFolder, result: RunGroup, plan: GroupPlan) -> None:
    """Write metrics.json: the means by split, and under `deviation` the standard deviations."""
    epochs = max(len(run.history.get("loss", ())) for run in result.runs)
    content = metrics_json(result.metrics, epochs, result.missed)
    deviations = metrics_json(result.deviations, epochs, ())
    content["deviation"] = {split: deviations[split] for split in METRIC_PREFIXES}
    folder.write_json(RunFile.METRICS, {plan.kind: plan.numbers, **content})


def unfinished_members(run: Path, spec: Spec, plan: GroupPlan) -> tuple[set[str], set[str]]:
    """The folders of the members that have begun, and of those that are not complete by the spec.

    Raises:
        NothingLeftError: the run and all its members are complete.
    """
    return decided_by_chief(lambda: _unfinished_members(run, spec, plan))


def _unfinished_members(run: Path, spec: Spec, plan: GroupPlan) -> tuple[set[str], set[str]]:
    assert spec.training is not None
    begun, left = set[str](), {member.folder for member in plan.members}
    for name in sorted(left):
        path = run / name
        try:
            same_callbacks = read_recorded_spec(path).has_callbacks(spec)
            begun.add(name)
            find_resumption(path, spec.training, same_callbacks=same_callbacks)
        except NothingLeftError:
            left.remove(name)
        except UsageError:  # there is no such folder, or it ended before it had begun to train
            continue
    if not left and read_status(run).get("status") == RunStatus.COMPLETE:
        epochs, count = spec.training.epochs, len(plan.members)
        message = f"the run in {run} is complete, with all of its {count} {plan.kind}"
        raise NothingLeftError(f"{message}. To go on: --set training.epochs={epochs * 2}")
    return begun, left


def load_complete_member(path: Path, log_format: str) -> Run:
    """The run of a member that is complete; says so on standard error unless the log is JSON.

    Raises:
        SpecError, CannotRunError: the folder is damaged.
    """
    trained, record = reopen(path), read_record(path)
    if log_format != "json":
        print("complete: nothing left to do", file=sys.stderr)
    metrics = {n: math.nan if v is None else v for n, v in record.flat_metrics.items()}
    return Run(path, trained.model, record.curves, metrics)
