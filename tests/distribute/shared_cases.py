"""What processes of one machine prepare in tests."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from typing import Any

import numpy as np

from modelspec.data.shared import Meeting, prepare_once
from modelspec.diagnostics import ModelspecError, UsageError


def square_of() -> tuple[int, Any]:
    """Who made it, and a large array."""
    return os.getpid(), np.arange(50_000.0) ** 2


def fail() -> None:
    """Raise what a file that is missing raises."""
    raise UsageError("there is no such file")


def die() -> None:
    """End, as a process that is killed does."""
    os._exit(1)


def prepared_by(
    pipe: Any, prepare: Callable[[], Any], folder: str, process: int, processes: int
) -> None:
    """Send who prepared, the sum, and who has read it; or the error."""
    tempfile.tempdir = folder
    meeting = Meeting("test-meeting", process, tuple(range(processes)))
    try:
        maker, values = prepare_once(prepare, meeting)
        pipe.send((maker, float(values.sum()), os.getpid()))
    except ModelspecError as error:
        pipe.send(error)
