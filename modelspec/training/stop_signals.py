"""SIGINT and SIGTERM end a training after the current call into TensorFlow, with a checkpoint."""

from __future__ import annotations

import signal
import threading
from pathlib import Path
from types import FrameType
from typing import Any

from modelspec.diagnostics import ModelspecError

SIGNALS = (signal.SIGINT, signal.SIGTERM)


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
        self._previous: dict[int, Any] = {}

    def __enter__(self) -> StopSignals:
        if threading.current_thread() is threading.main_thread():
            for number in SIGNALS:
                self._previous[number] = signal.signal(number, self._handle)
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._previous.items():
            signal.signal(number, handler)

    def _handle(self, number: int, _: FrameType | None) -> None:
        if self.received is not None or not self.is_fitting:
            raise InterruptedRunError(number, None)
        self.received = number
