"""Models on which Keras's symbolic pass and a real run part: `cases/NAME.yaml` with `NAME.out`.

NAME.out is what `validate` prints and, where there is no error, the table of `summarize`. That a
spec with an error does fail in Keras, and that one without trains, `test_whole_runs.py` sees.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from modelspec.api.specs import summarize
from modelspec.api.validation import validate_file
from modelspec.report import SUMMARY_FORMATS
from modelspec.report.findings import render_findings

CASES = sorted((Path(__file__).parent / "cases").glob("*.yaml"))


@pytest.mark.parametrize("path", CASES, ids=lambda p: p.stem)
def test_a_case_gives_exactly_these_findings_and_facts(
    path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(path.parent)
    findings = validate_file(path.name)
    said = render_findings(findings, 1)
    if not any(finding.severity == "error" for finding in findings):
        said += SUMMARY_FORMATS["table"](summarize(path.name))
    expected = path.with_suffix(".out")
    if request.config.getoption("--update-out"):
        expected.write_text(said, encoding="utf-8")
    assert said == expected.read_text(encoding="utf-8")
