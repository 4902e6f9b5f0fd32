"""SIGINT and SIGTERM end a training after the current call into TensorFlow, with a checkpoint."""

from __future__ import annotations

import signal
from contextlib import ExitStack
from pathlib import Path

from modelspec.diagnostics import ModelspecError
from modelspec.processes import stops_handled


class InterruptedRunError(ModelspecError):
    """A signal ended the training. If a checkpoint was saved, `run` is the folder to resume.

    The exit code is 130 after SIGINT and 143 after SIGTERM. `workers` is how many trained.
    """

    def __init__(self, number: int, run: Path | None, workers: int = 1) -> None:
        self.signal = number
        self.run = run
        self.workers = workers
        self.exit_code = 128 + number
        name = signal.Signals(number).name
        more = f" --workers {workers}" if workers > 1 else ""
        command = f"modelspec train --resume {run}{more}"
        rest = f"resume with: {command}" if run else "nothing was trained yet"
        super().__init__(f"interrupted by {name}; {rest}")

    def __reduce__(self) -> tuple[type[InterruptedRunError], tuple[int, Path | None, int]]:
        """A process that trains can send it to another one."""
        return type(self), (self.signal, self.run, self.workers)


class StopSignals:
    """A context manager that handles the two signals.

    While `is_fitting`, the first one only sets `received`, which the fit loop checks after each
    call. Any other raises at once. Outside the main thread Python cannot handle signals, and
    nothing changes.
    """

    def __init__(self) -> None:
        self.received: int | None = None
        self.is_fitting = False
        self._handlers = ExitStack()

    def __enter__(self) -> StopSignals:
        self._handlers.enter_context(stops_handled(self._handle))
        return self

    def __exit__(self, *_: object) -> None:
        self._handlers.close()

    def _handle(self, number: int) -> None:
        if self.received is not None or not self.is_fitting:
            raise InterruptedRunError(number, None)
        self.received = number
