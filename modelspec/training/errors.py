"""The exceptions with which a training may end beside faults in the spec."""

from __future__ import annotations

import signal
from collections.abc import Sequence
from pathlib import Path

from modelspec.diagnostics import ModelspecError

from .expectations import MissedExpectation


class MissedError(ModelspecError):
    """The run is whole, but a metric is not what `expect` asks for. `misses` holds which."""

    exit_code = 4

    def __init__(self, misses: Sequence[MissedExpectation]) -> None:
        self.misses = list(misses)
        super().__init__("\n".join(str(miss) for miss in misses))


class InterruptedRunError(ModelspecError):
    """A signal ended the training; what was learned so far is in `run`, which can be resumed.

    The exit code is 130 after SIGINT and 143 after SIGTERM.
    """

    def __init__(self, number: int, run: Path | None) -> None:
        self.signal = number
        self.run = run
        self.exit_code = 128 + number
        name = signal.Signals(number).name
        kept = f"go on with: modelspec train --resume {run}" if run else "nothing was learned yet"
        super().__init__(f"interrupted by {name}; {kept}")
