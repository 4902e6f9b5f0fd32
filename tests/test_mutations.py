"""No text given as a spec ends in a traceback."""

from __future__ import annotations

import pytest
from mutate import run

SEED = 20261124


@pytest.mark.parametrize("count", [1000, pytest.param(3000, marks=pytest.mark.slow)])
def test_mutated_specs_end_in_findings(count: int) -> None:
    codes = run(count, SEED)
    assert len(codes) > 25
    assert codes["(none)"] < count / 10
