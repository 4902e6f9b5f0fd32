"""The process of a study: proposes, hands trials to workers, writes down what they gave.

It never imports TensorFlow, and starts no worker before there is a trial to train. Several of them
can work on one study folder: each looks, decides and writes alone, and takes the trials of those
that live no more, see `presence`.
"""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

from modelspec.diagnostics import EXIT_ERRORS, CannotRunError, ModelspecError
from modelspec.files import write_atomically
from modelspec.machine import shared_environment
from modelspec.processes import PATIENCE, Message, stops_handled
from modelspec.runs import RunFile

from .brackets import Job
from .outcomes import outcome_of
from .presence import Presence
from .record import ProposalState, StudyRecord, StudyStatus, Texts, study_json
from .study import Study
from .study_files import StudyFile, trial_folder
from .trials import Claim, Outcome, StudyTrial
from .workers import Worker

Watch = Callable[[StudyRecord, Mapping[int, Mapping[str, Any]]], None]
"""Shown the record after each event, and for each trial that is in training the newest event of its
training, as `--log-format json` has it."""

POLL = 0.5
"""Seconds between two looks at the storage, while other processes work on the study."""

OFTEN = 0.5
"""Seconds between two writings of the record, while points are refused."""

ALIKE = 3
"""So many first trials that are refused for one reason end the study."""


class InterruptedStudyError(ModelspecError):
    """A signal ended the study; `folder` is the one to resume."""

    def __init__(self, number: int, folder: Path) -> None:
        self.signal = number
        self.folder = folder
        self.exit_code = 128 + number
        name = signal.Signals(number).name
        super().__init__(f"interrupted by {name}; resume with: modelspec tune --resume {folder}")


class AlikeFailuresError(ModelspecError):
    """The first trials were all refused for one reason, which the others would be too."""

    exit_code = EXIT_ERRORS

    def __init__(self, reason: str) -> None:
        super().__init__(f"the first {ALIKE} trials were refused, all for one reason: {reason}")


@dataclass(frozen=True, slots=True)
class Crew:
    """The workers of a coordinator.

    Attributes:
        count: how many train at once.
        command: that starts one; see `modelspec.api.trial_worker`.
        request: what each job has beside its trial.
    """

    count: int
    command: Sequence[str]
    request: Mapping[str, Any]


class Coordinator:
    """Brings a study to its end.

    Args:
        study: the trials.
        folder: of the study, which exists.
        record: what study.json has beside the proposals.
        crew: the workers.
        watch: shown what happens.
    """

    def __init__(
        self, study: Study, folder: Path, record: StudyRecord, crew: Crew, watch: Watch
    ) -> None:
        self.study = study
        self.folder = folder
        self.record = record
        self.crew = crew
        self.watch = watch
        self.presence = Presence(folder)
        self.messages: SimpleQueue[Message] = SimpleQueue()
        self.workers: list[Worker] = []
        self.started = 0
        self.progress: dict[int, Mapping[str, Any]] = {}
        self.deaths: dict[int, tuple[int, ...]] = {}
        """The trials whose worker died, to the checkpoints that they had then."""
        self.reports: list[str] = []
        """Of the jobs that have ended: why the spec or its data was refused; "" for others."""
        self.received: int | None = None
        self.written = 0.0
        self.texts: Texts = {}

    def run(self) -> StudyRecord:
        """Train until nothing is left to do; the record of the study.

        Raises:
            InterruptedStudyError: a signal came; the study can be resumed.
            CannotRunError: TensorFlow does not start, or disk or memory is not enough.
            AlikeFailuresError: the first trials are refused, all for one reason.
        """
        status = StudyStatus.FAILED
        with self.presence.registered(), stops_handled(self._handle):
            try:
                while not self._assign():
                    self._wait()
                    if self.received is not None:
                        status = StudyStatus.INTERRUPTED
                        raise InterruptedStudyError(self.received, self.folder)
                status = StudyStatus.COMPLETE
            except KeyboardInterrupt:
                status = StudyStatus.INTERRUPTED
                raise InterruptedStudyError(signal.SIGINT, self.folder) from None
            finally:
                self._dismiss()
                self._write_last(status)
        return self.record

    # what is to be done

    def _assign(self) -> bool:
        """Give idle workers something to do; whether the study is over."""
        with self.presence.alone():
            while True:
                trials = self.study.trials()
                self.study.tell_results(trials)
                counted = [one for one in trials if one.is_counted]
                barren = self.study.why_barren(trials)
                is_full = len(counted) >= self.record.trials or bool(barren)
                decision = self.study.decide(trials, is_full=is_full)
                for number in decision.ended:
                    self.study.end_paused(trials[number])
                if decision.ended:
                    continue
                ended = barren if len(counted) < self.record.trials else ""
                self.record = replace(self.record, ended=ended)
                if decision.is_over:
                    return True
                if len(self._busy()) >= self.crew.count or self.received is not None:
                    return False
                job = next((one for one in decision.jobs if self._is_free(trials, one)), None)
                if job is not None:
                    self._begin(trials[job.number], job)
                elif is_full:
                    return False
                else:
                    made = self.study.propose(trials, self.presence.name)
                    if not made.is_counted:
                        self._write(StudyStatus.RUNNING, rarely=True)

    def _is_free(self, trials: Sequence[StudyTrial], job: Job) -> bool:
        """Whether nobody trains a trial to the epoch of a job."""
        claim = trials[job.number].claim
        if claim is None or claim.until != job.until:
            return True
        if claim.owner == self.presence.name:
            return job.number not in self._busy()
        return not self.presence.lives(claim.owner)

    def _busy(self) -> set[int]:
        return {worker.job.number for worker in self.workers if worker.job is not None}

    def _begin(self, trial: StudyTrial, job: Job) -> None:
        """Hand a trial to a worker, which is started if none waits."""
        claim = Claim(self.presence.name, job.until)
        if trial.claim != claim:
            self.study.claim(trial, claim)
        worker = next((one for one in self.workers if one.job is None), None)
        if worker is None:
            self.started += 1
            environment = shared_environment(self.crew.count)
            log = self.folder / StudyFile.LOGS / f"{self.presence.name}-{self.started}.log"
            worker = Worker(self.crew.command, environment, log, self.messages)
            self.workers.append(worker)
        overrides = {**self.record.overrides, **trial.point.overrides}
        is_last = job.until == self.study.rungs.epochs[-1]
        request = {
            "spec": self.record.spec,
            "folder": str(self.folder / trial_folder(trial.number)),
            "overrides": overrides,
            "pause_after": None if is_last else job.until,
        }
        self._write(StudyStatus.RUNNING)  # first: MLflow is told the values that study.json has
        worker.begin(job, {**self.crew.request, **request})

    # what happens

    def _wait(self) -> None:
        """Wait for a worker to end a job or itself, or for a signal; with an idle worker also for
        another process to have changed something."""
        while self.received is None:
            try:
                message = self.messages.get(timeout=POLL)
            except Empty:
                if len(self._busy()) < self.crew.count:
                    return
                continue
            worker, content = message.child, message.content
            assert isinstance(worker, Worker)
            if content is None:
                self._bury(worker)
            elif content["event"] == "cannot-start":
                raise CannotRunError(content["reason"])
            elif content["event"] == "progress" and worker.job is not None:
                self.progress[worker.job.number] = content["progress"]
                self.watch(self.record, self.progress)
                continue
            elif content["event"] in ("trained", "failed"):
                self._take(worker, content)
            else:  # it was interrupted: its end follows
                continue
            return

    def _take(self, worker: Worker, content: Mapping[str, Any]) -> None:
        """Write down what a job gave."""
        job = worker.job
        worker.job = None
        trial = self.study.trials()[job.number]
        run = self.folder / trial_folder(job.number)
        if content["event"] == "trained":
            seconds = float(content["seconds"])
            outcome = outcome_of(run, self.study.objectives, trial.point.cost, seconds)
        else:
            outcome = self._failure(trial, content["reason"], float(content["seconds"]))
        self._add(trial, job, outcome)
        self._refuse_alike(content)

    def _refuse_alike(self, content: Mapping[str, Any]) -> None:
        """End a study whose first trials are all refused for one reason, that of the data, say."""
        self.reports.append(content["reason"] if content.get("is_spec_error") else "")
        if len(self.reports) == ALIKE and len(set(self.reports)) == 1 and self.reports[0]:
            raise AlikeFailuresError(self.reports[0])

    def _add(self, trial: StudyTrial, job: Job, outcome: Outcome) -> None:
        self.progress.pop(job.number, None)
        with self.presence.alone():
            if trial.result is None and job.until not in trial.rungs:
                self.study.add_outcome(trial, job.until, outcome)
            self._write(StudyStatus.RUNNING)

    def _failure(self, trial: StudyTrial, reason: str, seconds: float) -> Outcome:
        epochs = trial.newest.epochs if trial.newest is not None else 0
        return Outcome(ProposalState.FAILED, {}, epochs, seconds, reason)

    def _bury(self, worker: Worker) -> None:
        """A worker has ended. What it was at work on is given back; a trial whose worker dies twice
        without a new checkpoint has failed."""
        self.workers.remove(worker)
        job, how = worker.job, worker.how_it_ended()
        worker.close(0.0)
        if job is None or self.received is not None:
            return
        done = _saved(self.folder / trial_folder(job.number))
        if self.deaths.get(job.number) == done:
            trial = self.study.trials()[job.number]
            reason = f"the process that trained it died twice: {how}; see {worker.log}"
            self._add(trial, job, self._failure(trial, reason, 0.0))
        self.deaths[job.number] = done

    # the record

    def _write(self, status: StudyStatus, *, rarely: bool = False) -> None:
        """Write study.json, and show it."""
        now = time.monotonic()
        if rarely and now - self.written < OFTEN:
            return
        self.written = now
        with self.presence.alone():
            trials = self.study.trials()
            at_work = self._claimed(trials)
            proposals = tuple(one.to_proposal(is_claimed=one.number in at_work) for one in trials)
            self.record = replace(self.record, proposals=proposals, status=status)
            write_atomically(self.folder / StudyFile.RECORD, study_json(self.record, self.texts))
        self.watch(self.record, self.progress)

    def _write_last(self, status: StudyStatus) -> None:
        """Write how the study ended; where the storage is lost, with what was known before."""
        try:
            self._write(status)
        except Exception:
            self.record = replace(self.record, status=status)
            write_atomically(self.folder / StudyFile.RECORD, study_json(self.record, self.texts))
            raise

    def _claimed(self, trials: Sequence[StudyTrial]) -> set[int]:
        """The trials that somebody trains further than they are."""
        return {
            one.number
            for one in trials
            if one.claim is not None and one.outcome_at(one.claim.until) is None
        }

    # signals and the end

    def _handle(self, number: int) -> None:
        """Take a signal as the wish to end; the second one ends at once."""
        if self.received is not None:
            raise KeyboardInterrupt
        self.received = number

    def _dismiss(self) -> None:
        """End the workers: those that wait have nothing to save, others save a checkpoint."""
        for worker in self.workers:
            worker.stop(at_once=worker.job is None)
        with suppress(KeyboardInterrupt):
            for worker in self.workers:
                worker.close(PATIENCE)
        for worker in self.workers:
            worker.stop(at_once=True)
        self.workers.clear()


def _saved(run: Path) -> tuple[int, ...]:
    """The times of the checkpoints of a trial, or of its folds or seeds."""
    files = sorted((*run.glob(RunFile.LAST_STATE), *run.glob(f"*/{RunFile.LAST_STATE}")))
    return tuple(file.stat().st_mtime_ns for file in files)
