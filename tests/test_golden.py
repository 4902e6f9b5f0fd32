"""A case is a file: `specs_bad/NAME.yaml` with `NAME.out`, and `specs_ok/*` that are silent."""

from __future__ import annotations

from pathlib import Path

import pytest

from modelspec.api.validation import validate_file
from modelspec.report import asked_workers
from modelspec.report.findings import render_findings

HERE = Path(__file__).parent
BAD = sorted(p for p in (HERE / "specs_bad").iterdir() if p.suffix != ".out")
OK = sorted((HERE / "specs_ok").iterdir())


@pytest.mark.parametrize("path", BAD, ids=lambda p: p.name)
def test_a_faulty_spec_gives_exactly_these_findings(
    path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(path.parent)
    workers = asked_workers(path.read_text(encoding="utf-8", errors="replace"))
    findings = validate_file(path.name, workers=workers)
    said = render_findings(findings, 1)
    expected = path.with_suffix(".out")
    if request.config.getoption("--update-out"):
        expected.write_text(said, encoding="utf-8")
    assert said == expected.read_text(encoding="utf-8")
    assert findings


@pytest.mark.parametrize("path", OK, ids=lambda p: p.name)
def test_a_sound_spec_is_silent(path: Path) -> None:
    assert validate_file(path) == []
