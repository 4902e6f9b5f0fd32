"""What runs in a process of Ray: the process of a worker, started, watched and ended.

A training needs the main thread, for signals and for TensorFlow, and Ray Train calls functions in
another one. So the worker is a child, the same that `train --workers` starts.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import IO, Any

from modelspec.launchers import FINAL_CODES
from modelspec.local_workers import FAILED, TRAINED, unpacked
from modelspec.processes import ChildProcess, Message, how_it_ended

from .board import call

JOB = "MODELSPEC_RAY_JOB"
"""The environment variable with what a worker of this attempt is to do, as JSON."""

POLL = 0.5
"""Seconds between two looks at the board."""

SIGNAL_CODES = (130, 143)
"""Those after a signal, which ends the training if it was passed on to all."""

_children: list[ChildProcess] = []
"""That of this process, for `end_child`."""


class LostProcessError(Exception):
    """A worker ended as another attempt may not: Ray begins all of them anew."""


def run_worker(config: Mapping[str, Any]) -> None:
    """Train as one worker of an attempt; Ray Train calls it in each of its processes.

    Args:
        config: `board`, the actor; and `command`, which starts the process of a worker.

    Raises:
        LostProcessError: the process was killed, or could not go on.
    """
    import ray.train

    rank = ray.train.get_context().get_world_rank()
    job = json.loads(os.environ[JOB])
    if job is None:  # an earlier attempt has ended the training
        return
    messages: SimpleQueue[Message] = SimpleQueue()
    command = [sys.executable, *config["command"]]
    child = ChildProcess(command, os.environ, messages, stderr=subprocess.PIPE)
    _children.append(child)
    lines: SimpleQueue[str] = SimpleQueue()
    assert child.stderr is not None
    reader = threading.Thread(target=_read, args=(child.stderr, lines), daemon=True)
    reader.start()
    child.give(job)
    board = config["board"]
    told = _watch(child, messages, lambda: call(board.exchange, rank, _all(lines)))
    reader.join(5)
    number = call(board.exchange, rank, _all(lines))
    final = FINAL_CODES if number is None else FINAL_CODES + SIGNAL_CODES
    event, code = "" if told is None else told["event"], child.exit_code()
    if event == TRAINED or (event == FAILED and code in final):
        call(board.end, rank, event, told["content"])
        return
    how = f"worker {rank} {_how_it_ended(code, told)}"
    call(board.say, how)
    raise LostProcessError(how)


def _watch(child: ChildProcess, messages: SimpleQueue[Message], exchange: Any) -> Any:
    """Wait for the end of a child; the last event that it told."""
    told, was_passed = None, False
    while True:
        with suppress(Empty):
            content = messages.get(timeout=POLL).content
            if content is None:
                return told
            told = content
        number = exchange()
        if number is not None and not was_passed:
            was_passed = True
            child.signal(number)


def _how_it_ended(code: int, told: Any) -> str:
    if told is not None:
        return f"failed: {unpacked(told['content'])}"
    return how_it_ended(code)


def _read(stream: IO[bytes], lines: SimpleQueue[str]) -> None:
    with stream:
        for line in stream:
            lines.put(line.decode("utf-8", "replace").rstrip("\n"))


def _all(lines: SimpleQueue[str]) -> list[str]:
    found = []
    with suppress(Empty):
        while True:
            found.append(lines.get_nowait())
    return found


def end_child(seconds: float) -> None:
    """End the worker of this process, which waits for a lost one in vain."""
    for child in _children:
        child.signal(signal.SIGTERM)
        child.close(seconds)
    _children.clear()
