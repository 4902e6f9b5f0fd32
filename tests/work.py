"""How much work a piece of code does, counted and not timed: a busy machine changes nothing."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from types import FrameType
from typing import Any

ENOUGH = 7_500_000
"""Half as many again as the worst of the attacks takes, which is thousands of nested repeats."""


class TooMuchWorkError(BaseException):
    """A piece of code has not ended after as many calls as it may take.

    No `Exception`: code that catches all of these is to end, too.
    """


class Work:
    """The calls that were counted so far."""

    calls = 0


@contextlib.contextmanager
def bounded_work(most: int = ENOUGH) -> Iterator[None]:
    """Count the calls of this thread within a block, to functions of Python and of C.

    Raises:
        TooMuchWorkError: there are more than `most`; the block ends at that call, so that what
            would never end fails, too.
    """
    with counted_work(most):
        yield


@contextlib.contextmanager
def counted_work(most: int = ENOUGH) -> Iterator[Work]:
    """As `bounded_work`, for a test that compares one number of calls with another."""
    work = Work()

    def count(_: FrameType, event: str, __: Any) -> None:
        if event in ("call", "c_call"):
            work.calls += 1
            if work.calls > most:
                sys.setprofile(None)
                raise TooMuchWorkError(f"more than {most} calls")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        yield work
    finally:
        sys.setprofile(before)
