"""Functions for another process to import."""

from __future__ import annotations

import os
import time

from modelspec.diagnostics.problems import UsageError


def doubled(number: int) -> int:
    """Later items are done sooner."""
    time.sleep(0.02 / (number + 1))
    return 2 * number


def worker(_: int) -> int:
    time.sleep(0.05)
    return os.getpid()


def dies(number: int) -> int:
    if number == 3:
        os._exit(7)
    return number


def killed(number: int) -> int:
    if number == 3:
        os.kill(os.getpid(), 9)
    return number


def wrong_use(number: int) -> int:
    if number == 3:
        raise UsageError("no such thing as 3")
    return number


def has_a_bug(number: int) -> int:
    return 1 // (number - 3)
