"""How many steps run in one call into TensorFlow.

A call costs as much as the step of a small model, so several steps share one. Between calls
Python can act: draw progress, hear a signal, save. The number never changes what is computed.
"""

from __future__ import annotations

AUTO = "auto"

LATENCY = 0.25
"""Seconds that a call may take: a person does not wait longer for a signal to be heard."""

MOST = 1 << 20
"""Steps in a call at most, whatever the clock said."""


class StepsPerCall:
    """The number of steps for the next call, by the spec or by the time that steps take."""

    def __init__(self, steps: int | str = AUTO) -> None:
        self.auto = steps == AUTO
        self._steps = 1 if isinstance(steps, str) else steps
        self._calls = 0

    def next(self) -> int:
        """How many steps the next call takes, at least 1."""
        return self._steps

    def timed(self, steps: int, seconds: float) -> None:
        """So long did a call of so many steps take.

        The first call is not counted: it compiles.
        """
        self._calls += 1
        if self.auto and self._calls > 1:
            wanted = int(LATENCY * steps / max(seconds, 1e-9))
            # a step that is slow once (another process had the core) halves the pace, no more
            self._steps = min(max(wanted, self._steps // 2, 1), MOST)
