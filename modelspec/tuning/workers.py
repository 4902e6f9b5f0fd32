"""Processes that train trials: started when there is work, fed one job a line, read as they speak.

What runs in them is not known here: a command that reads jobs as JSON lines and writes events.
"""

from __future__ import annotations

import json
import os
import subprocess
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from modelspec.files import cannot_write
from modelspec.machine import core_count


@dataclass(frozen=True, slots=True)
class Message:
    """What a worker says; `content` is None when it has ended."""

    worker: Worker
    content: Mapping[str, Any] | None


class Worker:
    """A process that trains one trial after another.

    Args:
        command: that is started.
        environment: of the process.
        log: the file for what it prints.
        messages: where what it says goes.

    Raises:
        CannotRunError: it cannot be started.
    """

    def __init__(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        log: Path,
        messages: SimpleQueue[Message],
    ) -> None:
        self.log = log
        self.job: Any = None
        """What it is at work on; None while it waits."""
        try:
            log.parent.mkdir(parents=True, exist_ok=True)
            with log.open("ab") as file:
                self._process = subprocess.Popen(
                    command,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=file,
                    env=dict(environment),
                    start_new_session=True,  # an interrupt at the terminal is for the study
                )
        except OSError as error:
            raise cannot_write(log, error) from error
        self._reader = threading.Thread(target=self._read, args=(messages,), daemon=True)
        self._reader.start()

    def _read(self, messages: SimpleQueue[Message]) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as stream:
            for line in stream:
                try:
                    content = json.loads(line)
                except ValueError:  # cut short by its end
                    continue
                messages.put(Message(self, content))
        self._process.wait()
        messages.put(Message(self, None))

    def begin(self, job: Any, request: Mapping[str, Any]) -> None:
        """Give it a job; one that has ended meanwhile says so by its message."""
        self.job = job
        assert self._process.stdin is not None
        with suppress(OSError):  # it is dead, and its end is on the way
            self._process.stdin.write(json.dumps(request).encode() + b"\n")
            self._process.stdin.flush()

    def stop(self, *, at_once: bool = False) -> None:
        """Let it save a checkpoint and end, or kill it."""
        if self._process.poll() is None:
            (self._process.kill if at_once else self._process.terminate)()

    def how_it_ended(self) -> str:
        """A sentence about a process that has ended."""
        code = self._process.wait()
        if code == -9:
            return "it was killed (signal 9), as the system does where memory is not enough"
        return f"it ended by signal {-code}" if code < 0 else f"it ended with exit code {code}"

    def close(self, seconds: float) -> None:
        """Wait for its end, and kill it after some seconds."""
        assert self._process.stdin is not None
        with suppress(OSError):
            self._process.stdin.close()
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.stop(at_once=True)
            self._process.wait()
        self._reader.join(5)


def worker_environment(workers: int) -> dict[str, str]:
    """The environment of a worker: they share the cores, and none takes all of a GPU."""
    environment = dict(os.environ)
    if workers == 1:  # as `modelspec train` runs
        return environment
    threads = str(max(1, core_count() // workers))
    for name in ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "OMP_NUM_THREADS"):
        environment.setdefault(name, threads)
    environment.setdefault("TF_FORCE_GPU_ALLOW_GROWTH", "true")
    return environment
