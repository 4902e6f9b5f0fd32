"""One function over many items in several processes, with the results in the items' order.

Processes are started afresh ("spawn"), so that it works on every system and in every caller.
"""

from __future__ import annotations

import os
import signal
import traceback
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from multiprocessing import active_children, get_context
from multiprocessing.process import BaseProcess
from typing import Any, TypeVar

from modelspec.diagnostics import CannotRunError, ModelspecError

from .children import interrupts_blocked

MOST_ON_WINDOWS = 61
"""Processes that a pool can wait for there."""

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
    if not items:
        return []
    context = get_context("spawn")
    pids = context.RawArray("q", len(items))
    count = min(processes, len(items), MOST_ON_WINDOWS if os.name == "nt" else processes)
    pool = ProcessPoolExecutor(count, context, _begin, (pids,))
    before, workers, results = set(active_children()), list[BaseProcess](), list[Result]()
    try:
        with interrupts_blocked():
            coming = pool.map(partial(_call, function), range(len(items)), items)
            workers = [child for child in active_children() if child not in before]
        results.extend(coming)
    except BrokenProcessPool:
        raise _worker_died(items, len(results), pids, workers) from None
    finally:
        if len(results) < len(items):
            for worker in workers:
                worker.terminate()
        pool.shutdown(cancel_futures=True)
    return results


_pids: Any = None
"""In a worker: for each item the process that is at work on it, or 0. The pool does not tell which
item a dead worker had."""


def _begin(pids: Any) -> None:
    """Prepare a worker: interrupts are the parent's business."""
    global _pids  # noqa: PLW0603  # a pool's initializer has no other place
    _pids = pids
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _call(function: Callable[[Item], Result], number: int, item: Item) -> Result:
    """Call the function in a worker; the traceback of a bug reaches the parent as text."""
    _pids[number] = os.getpid()
    try:
        return function(item)
    except ModelspecError:
        raise
    except Exception as error:
        raise CannotRunError(f"{item}: {traceback.format_exc()}") from error
    finally:
        _pids[number] = 0


def _worker_died(
    items: Sequence[Item], done: int, pids: Sequence[int], workers: Sequence[BaseProcess]
) -> CannotRunError:
    """The error for a dead worker, with its item, or with the first that is not done."""
    for worker in workers:
        worker.join(1)
    # the pool ends the others by SIGTERM
    dead = [worker for worker in workers if worker.exitcode not in (None, 0, -signal.SIGTERM)]
    number, how = done, "signal 15"
    for worker in dead[:1]:
        code = worker.exitcode or 0
        how = f"signal {-code}" if code < 0 else f"exit code {code}"
        number = next((n for n, pid in enumerate(pids) if pid == worker.pid), done)
    return CannotRunError(f"{items[number]}: the process that worked on it ended early ({how})")
