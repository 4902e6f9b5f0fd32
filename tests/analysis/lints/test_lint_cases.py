"""A case is a file: its first line says which lints speak, and at which lines."""

from __future__ import annotations

from pathlib import Path

import lint_cases
import pytest

from modelspec.analysis.lints import LINTS

CASES = sorted((Path(__file__).parent / "cases").glob("*.yaml"))
FIRST = "# expects: "


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_case_gives_what_it_expects(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    first = text.splitlines()[0]
    assert first.startswith(FIRST)
    expected = first.removeprefix(FIRST)
    found = [
        f"{finding.code} {finding.span.line}"
        for finding in lint_cases.said_of(text, path.name)
        if finding.code in LINTS
    ]
    assert (", ".join(found) or "nothing") == expected
