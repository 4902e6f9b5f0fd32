"""The lints have nothing to say of good specs."""

from __future__ import annotations

from pathlib import Path

import lint_cases
import pytest

TESTS = Path(__file__).parents[2]
GOOD = sorted([*(TESTS.parent / "specs").glob("*.yaml"), *(TESTS / "specs_ok").iterdir()])


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.name)
def test_a_good_spec_is_silent(path: Path) -> None:
    assert lint_cases.lints(path.read_text(encoding="utf-8"), path.name) == []
