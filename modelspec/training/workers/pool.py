"""Processes that have the same models open, and compute batches that this process deals to them.

This process reads the data and computes batches too. It deals a batch to whoever is free, so a
worker that has not started yet, or is slow, keeps nobody waiting. Each batch is computed whole, as
one process would compute it: whoever computes it, its bits are the same.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any, TypeVar

from modelspec.diagnostics import CannotRunError
from modelspec.processes import how_it_ended, interrupts_blocked

from .devices import gpu_environment, take_gpu
from .serve import FAILED, serve

if TYPE_CHECKING:
    from modelspec.training.trained_run import TrainedRun

Result = TypeVar("Result")

OpenMembers = Callable[[], Sequence["TrainedRun"]]
"""Opens a run, or those of all folds; defined at the top of a module, so that it can be sent."""

GLANCE = 0.05
"""Seconds between two looks at a worker that is starting."""

DYING = 60.0
"""Seconds that a worker with a closed pipe may take to die: a busy machine has much memory to free,
and its exit code, which says why, comes last."""


class _Batches:
    """Batches that several threads take, each with its number."""

    def __init__(self, batches: Iterable[Any]) -> None:
        self._numbered: Iterator[tuple[int, Any]] = enumerate(batches)
        self._lock = threading.Lock()
        self._ended = threading.Event()

    def take(self) -> tuple[int, Any] | None:
        """The next one; None at the end, and after `end`."""
        with self._lock:
            if self._ended.is_set():
                return None
            try:
                found = next(self._numbered, None)
            except BaseException:
                self._ended.set()
                raise
            if found is None:
                self._ended.set()
            return found

    def end(self) -> None:
        """Let nobody take another."""
        self._ended.set()

    @property
    def ended(self) -> bool:
        """Whether there are no more."""
        return self._ended.is_set()


class Workers:
    """This process and others; a context that ends them.

    Args:
        count: of processes, with this one.
        open_members: what the others open; this process opens it meanwhile.
    """

    def __init__(self, count: int, open_members: OpenMembers) -> None:
        self.count = count
        self._workers = [_Worker(number, count, open_members) for number in range(1, count)]
        take_gpu(gpu_environment(0))

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self._workers:
            worker.end()

    @property
    def computed(self) -> list[int]:
        """How many batches each of the other processes has computed."""
        return [worker.computed for worker in self._workers]

    def wait(self) -> None:
        """Wait until all have opened what they have to.

        Raises:
            CannotRunError: one of them ended.
            Exception: one of them cannot open it.
        """
        for worker in self._workers:
            worker.is_ready(None)

    def map(
        self, batches: Iterable[Any], compute: Callable[[Any], Result], request: tuple[Any, ...]
    ) -> list[Result]:
        """What is computed of each batch, in their order.

        Args:
            batches: numpy arrays in tuples, lists and dicts.
            compute: does it in this process.
            request: tells the others what they do with a batch; see `serve`.

        Raises:
            CannotRunError: a worker ended.
            Exception: what computing a batch raises, here or there.
        """
        dealt, found, errors = _Batches(batches), dict[int, Result](), list[BaseException]()
        threads = [
            threading.Thread(
                target=_work, args=(worker, dealt, request, found, errors), daemon=True
            )
            for worker in self._workers
        ]
        for thread in threads:
            thread.start()
        try:
            while (item := dealt.take()) is not None:
                found[item[0]] = compute(item[1])
        finally:
            dealt.end()
            for thread in threads:  # each has its batch yet: nothing else may be sent before
                thread.join()
        if errors:
            raise errors[0]
        return [found[number] for number in range(len(found))]


def _work(
    worker: _Worker,
    dealt: _Batches,
    request: tuple[Any, ...],
    found: dict[int, Any],
    errors: list[BaseException],
) -> None:
    """Let a worker compute batches until there are no more."""
    try:
        while not worker.is_ready(GLANCE):
            if dealt.ended:
                return
        while (item := dealt.take()) is not None:
            found[item[0]] = worker.compute(request, item[1])
    except BaseException as error:  # it is raised where the results are wanted
        errors.append(error)
        dealt.end()


class _Worker:
    """Another process, and the pipe to it."""

    def __init__(self, number: int, count: int, open_members: OpenMembers) -> None:
        self.number = number
        self.computed = 0
        self._is_ready = False
        context = get_context("spawn")
        self._pipe: Connection
        self._pipe, theirs = context.Pipe()
        environment = gpu_environment(number)
        self._process = context.Process(
            target=serve,
            args=(theirs, open_members, environment),
            name=f"worker {number} of {count}",
            daemon=True,
        )
        with interrupts_blocked():
            self._process.start()
        theirs.close()

    def is_ready(self, seconds: float | None) -> bool:
        """Whether it has opened what it has to, within some seconds; None waits.

        Raises:
            CannotRunError: it ended.
            Exception: it cannot open it.
        """
        if not self._is_ready and self._pipe.poll(seconds):
            self._received()
            self._is_ready = True
        return self._is_ready

    def compute(self, request: tuple[Any, ...], batch: Any) -> Any:
        """What it computes of a batch.

        Raises:
            CannotRunError: it ended.
            Exception: what computing it raised there.
        """
        try:
            self._pipe.send((request, batch))
        except OSError:
            raise self._died() from None
        found = self._received()
        self.computed += 1
        return found

    def _received(self) -> Any:
        try:
            kind, content = self._pipe.recv()
        except (EOFError, OSError):
            raise self._died() from None
        if kind == FAILED:
            raise content
        return content

    def _died(self) -> CannotRunError:
        self._process.join(DYING)
        return CannotRunError(f"{self._process.name} {how_it_ended(self._process.exitcode)}")

    def end(self) -> None:
        """End it, whatever it does."""
        self._pipe.close()
        self._process.terminate()
        self._process.join(5)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()
