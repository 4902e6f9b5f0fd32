"""One function over many items in several processes, with the results in the items' order.

Processes are started afresh ("spawn"), so that it works on every system and in every caller.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection, wait
from typing import Any, TypeVar

from modelspec.diagnostics import CannotRunError, ModelspecError

Item = TypeVar("Item")
Result = TypeVar("Result")


def map_in_processes(
    function: Callable[[Item], Result], items: Sequence[Item], processes: int
) -> list[Result]:
    """`[function(item) for item in items]`, computed by several processes.

    Args:
        function: defined at the top of a module, so that another process can import it; its
            results are sent back as pickles.
        items: text, or other plain data.
        processes: how many to start; never more than there are items.

    Raises:
        CannotRunError: a process died, or the function raised what it should not.
        ModelspecError: as the function raises it.
    """
    import multiprocessing

    context = multiprocessing.get_context("spawn")
    workers: dict[Connection, Any] = {}
    try:
        with _interrupts_held():
            for _ in range(min(processes, len(items))):
                here, there = context.Pipe()
                worker = context.Process(target=_serve, args=(there, function), daemon=True)
                worker.start()
                there.close()
                workers[here] = worker
        return _hand_out(items, workers)
    finally:
        for connection, worker in workers.items():
            connection.close()
            worker.terminate()
        for worker in workers.values():
            worker.join()


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Put an interrupt off; processes started meanwhile never see one: it is the parent's business.

    Without this, one that comes while a process still imports would print a traceback.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    from multiprocessing.resource_tracker import ensure_running

    ensure_running()  # the first process would start it, which lets interrupts in again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _hand_out(items: Sequence[Any], workers: dict[Connection, Any]) -> list[Any]:
    """Give each free worker the next item until all are done."""
    results: list[Any] = [None] * len(items)
    waiting: Iterator[int] = iter(range(len(items)))
    busy: dict[Connection, int] = {}
    for connection in workers:
        _next(connection, waiting, items, busy)
    while busy:
        for ready in wait(list(busy)):
            assert isinstance(ready, Connection)
            number = busy.pop(ready)
            try:
                failure, result = ready.recv()
            except (EOFError, ConnectionError):
                raise _died(items[number], workers[ready]) from None
            if failure is not None:
                raise failure
            results[number] = result
            _next(ready, waiting, items, busy)
    return results


def _next(
    connection: Connection,
    waiting: Iterator[int],
    items: Sequence[Any],
    busy: dict[Connection, int],
) -> None:
    number = next(waiting, None)
    if number is None:
        return
    busy[connection] = number
    with suppress(OSError):  # it is gone, which the next look at it tells
        connection.send(items[number])


def _died(item: Any, worker: Any) -> CannotRunError:
    worker.join(1)
    code = worker.exitcode
    how = f"signal {-code}" if code is not None and code < 0 else f"exit code {code}"
    return CannotRunError(f"{item}: the process that worked on it ended early ({how})")


def _serve(connection: Connection, function: Callable[[Any], Any]) -> None:
    """Answer one item after the other until the other side hangs up."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answer: tuple[ModelspecError | None, Any]
    while True:
        try:
            item = connection.recv()
        except (EOFError, OSError):
            return
        try:
            answer = (None, function(item))
        except ModelspecError as error:
            answer = (error, None)
        except Exception:
            import traceback

            answer = (CannotRunError(f"{item}: {traceback.format_exc()}"), None)
        try:
            connection.send(answer)
        except OSError:
            return
