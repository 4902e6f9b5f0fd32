"""Members that workers open in tests: they need no TensorFlow."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Sequence
from typing import Any


class Squares:
    """Stands for a run and its predictor: its output is the square of its input, and who made it.

    A batch below 0 has no square; at 99 the process is killed.
    """

    def batch_predictor(self) -> Squares:
        """Itself."""
        return self

    def predict_batch(self, batch: int) -> tuple[int, int]:
        """The square, and the process that computed it."""
        time.sleep(0.01)  # so that the others get some
        if batch < 0:
            raise ArithmeticError(f"no square of {batch}")
        if batch == 99:
            os.kill(os.getpid(), signal.SIGKILL)
        return batch * batch, os.getpid()


class UnsendableError(Exception):
    """Cannot be made again of what it says."""

    def __init__(self, one: int, other: int) -> None:
        super().__init__(f"{one} and {other}")


class Odd(Squares):
    """Raises what cannot be sent."""

    def predict_batch(self, batch: int) -> tuple[int, int]:
        """Nothing."""
        raise UnsendableError(batch, 2)


def open_squares() -> Sequence[Any]:
    """Two members."""
    return [Squares(), Odd()]


def open_nothing() -> Sequence[Any]:
    """What cannot be opened, as a run that is gone."""
    raise FileNotFoundError("it is gone")
