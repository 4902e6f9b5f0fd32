"""The parent of the workers. It starts no TensorFlow, and writes nothing of the run."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import Any

from modelspec.cluster import VARIABLE, Cluster, LostPeerError, local_cluster
from modelspec.diagnostics import CannotRunError
from modelspec.machine import shared_environment
from modelspec.processes import PATIENCE, ChildProcess, Event, Message, how_it_ended, stops_handled

from .lines import show_lines, stderr_of
from .results import FAILED, TRAINED, unpacked

GRACE = 15.0
"""Seconds that the others have to end after a worker has been lost: they wait for it in vain."""

MOMENT = 2.0
"""Seconds in which the others may say how they failed, too, before they are told to end."""

POLL = 0.2
"""Seconds between two looks at the clock."""


class LostWorkerError(CannotRunError):
    """A worker ended before the training did.

    Attributes:
        worker: its number; 0 is the chief.
    """

    def __init__(self, worker: int, how: str, advice: str = "") -> None:
        self.worker = worker
        super().__init__(f"worker {worker} {how}" + (f"; {advice}" if advice else ""))


@dataclass(slots=True)
class _Worker:
    """A worker and what it has come to.

    Attributes:
        number: 0 is the chief.
        process: of it.
        result: of its training, in a list.
        error: that ended its training.
        code: the exit code, once it has ended; below 0 after a signal.
        was_killed: by us.
        failed: its place among those that failed or ended without a word, from 1; 0 for none.
    """

    number: int
    process: ChildProcess
    result: list[Any] = field(default_factory=list)
    error: BaseException | None = None
    code: int | None = None
    was_killed: bool = False
    failed: int = 0

    @property
    def is_lost(self) -> bool:
        """Whether it ended without a word, and not by our hand."""
        silent = not self.result and self.error is None
        return self.code is not None and silent and not self.was_killed


class WorkerGroup:
    """Workers that are started together and end together.

    Args:
        command: that starts one; it reads a job as a line of JSON, writes events, and ends when
            its input does.
        count: how many there are.
        advice: what to do when the training has ended early, asked for then; "" for nothing.
        environment: from the number of a worker to variables that it gets beside those of all.
    """

    def __init__(
        self,
        command: Sequence[str],
        count: int,
        advice: Callable[[], str],
        environment: Callable[[int], Mapping[str, str]] = lambda _: {},
    ) -> None:
        self.command = command
        self.count = count
        self.advice = advice
        self.environment = environment
        self.messages: SimpleQueue[Message] = SimpleQueue()
        self.workers: list[_Worker] = []
        self.shown: list[threading.Thread] = []
        self.received: int | None = None
        self.end: float | None = None
        """When those that still run are killed."""

    def run(self, job: Event) -> Any:
        """Start the workers, give each the job, and wait until all have ended.

        Returns:
            What the chief's training gave.

        Raises:
            LostWorkerError: a worker ended without saying how its training did.
            ModelspecError: as the training of a worker raised it, by preference the chief's.
            KeyboardInterrupt: a signal came, and the chief did not say what it saved.
        """
        try:
            with stops_handled(self._handle):
                self._start(job)
                self._wait()
        finally:
            for worker in self.workers:
                worker.process.close(0.0)
            for thread in self.shown:
                thread.join(2)
        return self._outcome()

    def _start(self, job: Event) -> None:
        addresses = local_cluster(self.count)
        for number in range(self.count):
            environment = shared_environment(self.count)
            environment |= self.environment(number)
            environment[VARIABLE] = Cluster(addresses, number).to_text()
            try:
                process = ChildProcess(
                    self.command, environment, self.messages, stderr=stderr_of(number)
                )
            except OSError as error:
                raise CannotRunError(f"worker {number} cannot be started: {error}") from error
            self.workers.append(_Worker(number, process))
            if process.stderr is not None:
                self.shown.append(show_lines(process.stderr, number))
            process.give(job)
        if self.received is not None:  # it came while they were started
            for worker in self.workers:
                worker.process.signal(self.received)

    def _wait(self) -> None:
        """Take what workers say until all have ended."""
        told = False
        while any(worker.code is None for worker in self.workers):
            self._take()
            failed = [worker for worker in self.workers if worker.code or worker.error]
            if failed and self.end is None:
                self.end = time.monotonic() + MOMENT + GRACE
            if self.end is None:
                self._let_chief_end()
                continue
            now = time.monotonic()
            if failed and not told and now > self.end - GRACE and self.received is None:
                told = True
                self._stop()
            if now > self.end:
                self._stop(at_once=True)

    def _take(self) -> None:
        """The next thing that a worker says, if one does within a moment."""
        try:
            child, content = self.messages.get(timeout=POLL)
        except Empty:
            return
        worker = next(one for one in self.workers if one.process is child)
        if content is None:
            worker.code = child.exit_code()
        elif content["event"] == TRAINED:
            worker.result = [unpacked(content["content"])]
        elif content["event"] == FAILED:
            worker.error = unpacked(content["content"])
        if (worker.is_lost or worker.error is not None) and not worker.failed:
            worker.failed = 1 + max(one.failed for one in self.workers)

    def _let_chief_end(self) -> None:
        """Give the others so long to end when the chief has ended well."""
        if self.workers[0].code == 0 and self.end is None:
            self.end = time.monotonic() + GRACE

    def _stop(self, *, at_once: bool = False) -> None:
        for worker in self.workers:
            if worker.code is None:
                worker.was_killed = True
                worker.process.stop(at_once=at_once)

    def _outcome(self) -> Any:
        """What the training gave, or the exception that tells best why it gave nothing."""
        chief = self.workers[0]
        failed = sorted((one for one in self.workers if one.failed), key=lambda one: one.failed)
        if chief.result:
            for worker in failed:
                how = worker.error or how_it_ended(worker.code)
                message = f"worker {worker.number} failed when the training was over: {how}"
                print(f"warning: {message}", file=sys.stderr, flush=True)
            return chief.result[0]
        if self.received is not None:
            raise chief.error or KeyboardInterrupt
        # the others fail because the first did, which may be told later
        failed.sort(key=lambda worker: isinstance(worker.error, LostPeerError))
        first = (failed or self.workers)[0]
        if first.error is None:
            raise LostWorkerError(first.number, how_it_ended(first.code), self.advice())
        same = chief.error is not None and str(chief.error) == str(first.error)
        raise first.error if same or first is chief else _named(first.number, first.error)

    def _handle(self, number: int) -> None:
        """Pass a signal on to the workers, which are in other sessions and see none; the second one
        kills them."""
        if self.received is not None:
            self._stop(at_once=True)
            return
        self.received = number
        self.end = time.monotonic() + PATIENCE
        for worker in self.workers:
            worker.process.signal(number)


def _named(number: int, error: BaseException) -> BaseException:
    """An error with the worker that had it; findings have their places."""
    return CannotRunError(f"worker {number}: {error}") if type(error) is CannotRunError else error
