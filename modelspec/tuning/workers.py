"""Processes that train trials: started when there is work, fed one job a line, read as they speak.

What runs in them is not known here: a command that reads jobs as JSON lines and writes events.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from modelspec.files import cannot_write
from modelspec.processes import ChildProcess, Message, how_it_ended


class Worker(ChildProcess):
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
                super().__init__(command, environment, messages, stderr=file)
        except OSError as error:
            raise cannot_write(log, error) from error

    def begin(self, job: Any, request: Mapping[str, Any]) -> None:
        """Give it a job; one that has ended meanwhile says so by its message."""
        self.job = job
        self.give(request)

    def how_it_ended(self) -> str:
        """A sentence about a process that has ended."""
        return f"it {how_it_ended(self.exit_code())}"
