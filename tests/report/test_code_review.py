"""Reports for code review: GitLab, reviewdog, Checkstyle; what findings are known by."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from awkward import FILES, FINDINGS
from faulty import faulty, in_one_process

from modelspec.api.validation import validate_files, validate_text
from modelspec.diagnostics.finding import Finding, Severity, Span
from modelspec.report import Report
from modelspec.report.findings import render_findings

TWICE = """\
modelspec: 1
model:
  sequential:
    input: {shape: [8]}
    layers:
      - Dense: {unitz: 3, name: größe}
      - Dense: {unitz: 3}
"""


@in_one_process
def test_no_two_findings_have_one_fingerprint() -> None:
    prints = Report(faulty().findings).fingerprints()
    assert len(set(prints)) == len(prints) > 100


def test_a_finding_whose_line_moves_keeps_its_fingerprint() -> None:
    def prints(text: str) -> list[str]:
        return Report(validate_text(text, "a.yaml")).fingerprints()

    before = prints(TWICE)
    assert len(set(before)) == 2
    assert prints(f"# moved\n\n{TWICE}") == before
    assert prints(TWICE.replace("- Dense: {unitz: 3}", "- Dense: {units: 3}")) == before[:1]
    assert set(before).isdisjoint(Report(validate_text(TWICE, "b.yaml")).fingerprints())
    assert Report(validate_text(TWICE, "./a.yaml")).fingerprints() == before


def gitlab(findings: Sequence[Finding]) -> Any:
    return json.loads(render_findings(findings, FILES, "gitlab"))


@in_one_process
def test_gitlab_has_what_its_reference_requires() -> None:
    issues = gitlab(faulty().findings)
    assert len(issues) == len(faulty().findings)
    for issue in issues:
        assert issue["severity"] in ("info", "minor", "major", "critical", "blocker")
        assert issue["description"] and issue["check_name"] and issue["fingerprint"]
        assert issue["location"]["path"]
        assert 1 <= issue["location"]["lines"]["begin"] <= issue["location"]["lines"]["end"]
    assert [i["severity"] for i in gitlab(FINDINGS)] == ["major", "major", "minor", "info"]
    assert gitlab([]) == []


def test_gitlab_names_files_from_the_root_of_the_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "models").mkdir()
    monkeypatch.chdir(tmp_path / "models")

    def path_of(file: str) -> str:
        finding = Finding(Span(file, 1, 1, 1, 1), Severity.ERROR, "wrong-value", "x")
        return str(gitlab([finding])[0]["location"]["path"])

    monkeypatch.delenv("CI_PROJECT_DIR", raising=False)
    assert path_of("./a.yaml") == "a.yaml"
    monkeypatch.setenv("CI_PROJECT_DIR", str(tmp_path))
    assert path_of("./a.yaml") == "models/a.yaml"
    assert path_of("../b.yaml") == "b.yaml"
    assert path_of(str(tmp_path / "c.yaml")) == "c.yaml"
    assert path_of("/elsewhere/d.yaml") == "/elsewhere/d.yaml"


RDF = {
    "DiagnosticResult": {"diagnostics", "source", "severity"},
    "Diagnostic": {"message", "location", "severity", "source", "code", "suggestions"},
}
"""The keys of reviewdog.proto that every version has: a version refuses a key it does not know."""


@in_one_process
def test_reviewdog_knows_every_key() -> None:
    result = json.loads(render_findings(faulty().findings, faulty().names, "rdjson"))
    assert set(result) <= RDF["DiagnosticResult"]
    assert len(result["diagnostics"]) == len(faulty().findings)
    for diagnostic in result["diagnostics"]:
        assert set(diagnostic) <= RDF["Diagnostic"]
        assert set(diagnostic["location"]) == {"path", "range"}
        assert diagnostic["severity"] in ("ERROR", "WARNING", "INFO")


def test_columns_of_reviewdog_are_bytes_and_its_suggestions_do_what_they_say(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    text = TWICE.replace("unitz: 3, name: größe", "name: größe, unitz: 3")
    Path("a.yaml").write_text(text, encoding="utf-8")
    result = json.loads(render_findings(validate_files(["a.yaml"]), ["a.yaml"], "rdjson"))
    lines = text.encode().split(b"\n")
    suggestions = [one for found in result["diagnostics"] for one in found.get("suggestions", ())]
    assert len(suggestions) == 2
    for one in suggestions:
        start, end = one["range"]["start"], one["range"]["end"]
        line = lines[start["line"] - 1]
        assert line[start["column"] - 1 : end["column"] - 1] == b"unitz"
        changed = line[: start["column"] - 1] + one["text"].encode() + line[end["column"] - 1 :]
        lines[start["line"] - 1] = changed
    fixed = validate_text(b"\n".join(lines).decode(), "a.yaml")
    assert "unknown-argument" not in {finding.code for finding in fixed}


def test_a_message_of_reviewdog_has_the_other_places() -> None:
    result = json.loads(render_findings(FINDINGS, FILES, "rdjson"))
    message = result["diagnostics"][0]["message"]
    assert "base/other,one.yaml:7:1: and" in message
    assert message.endswith('hint: rename one, to "${name}_2" say')


def test_checkstyle_has_every_file_and_every_finding() -> None:
    root = ElementTree.fromstring(render_findings(FINDINGS, FILES, "checkstyle"))
    assert root.tag == "checkstyle"
    assert [file.get("name") for file in root] == list(FILES)
    errors = root.findall("file/error")
    assert [e.get("severity") for e in errors] == ["error", "error", "warning", "info"]
    for error, finding in zip(errors, FINDINGS, strict=True):
        assert (error.get("line"), error.get("column")) == (
            str(finding.span.line),
            str(finding.span.column),
        )
        assert error.get("source") == f"modelspec.{finding.code}"
