"""No text given as a spec ends in a traceback."""

from __future__ import annotations

from mutate import run

SEED = 20261124


def test_three_thousand_mutated_specs_end_in_findings() -> None:
    codes = run(3000, SEED)
    assert len(codes) > 25
    assert codes["(none)"] < 300
