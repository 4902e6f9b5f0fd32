"""The bound on work can fail, and ends what would not."""

from __future__ import annotations

import pytest
from work import TooMuchWorkError, bounded_work


def test_what_does_not_end_is_ended() -> None:
    with pytest.raises(TooMuchWorkError, match="more than 100 calls"), bounded_work(100):
        while True:
            len("")


def test_what_stays_within_the_bound_passes() -> None:
    with bounded_work(100):
        for _ in range(50):
            len("")
