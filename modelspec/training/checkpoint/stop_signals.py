"""SIGINT and SIGTERM end a training after the step that runs, with a checkpoint."""

from __future__ import annotations

import signal
import threading
from types import FrameType
from typing import Any

from modelspec.training.errors import InterruptedRunError

SIGNALS = (signal.SIGINT, signal.SIGTERM)


class StopSignals:
    """Listens to signals while it is entered.

    The first one during `fit` only sets `asked`; a callback looks at it after each step. Any
    other raises at once. In threads other than the main one signals cannot be heard, and nothing
    changes.
    """

    def __init__(self) -> None:
        self.asked: int | None = None
        self.fitting = False
        self._before: dict[int, Any] = {}

    def __enter__(self) -> StopSignals:
        if threading.current_thread() is threading.main_thread():
            for number in SIGNALS:
                self._before[number] = signal.signal(number, self._heard)
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _heard(self, number: int, _: FrameType | None) -> None:
        if self.asked is not None or not self.fitting:
            raise InterruptedRunError(number, None)
        self.asked = number
