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


@contextlib.contextmanager
def bounded_work(most: int = ENOUGH) -> Iterator[None]:
    """Count the calls of this thread within a block, to functions of Python and of C.

    Raises:
        TooMuchWorkError: there are more than `most`; the block ends at that call, so that what
            would never end fails, too.
    """
    calls = 0

    def count(_: FrameType, event: str, __: Any) -> None:
        nonlocal calls
        if event in ("call", "c_call"):
            calls += 1
            if calls > most:
                sys.setprofile(None)
                raise TooMuchWorkError(f"more than {most} calls")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        yield
    finally:
        sys.setprofile(before)
