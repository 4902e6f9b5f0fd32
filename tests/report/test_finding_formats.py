"""Each format of findings, character by character: `cases/FORMAT.out`, and with `--strict`."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from awkward import FILES, FINDINGS

from modelspec.diagnostics.finding import Finding, Severity, Span
from modelspec.report.findings import FORMATS, render_findings

CASES = Path(__file__).parent / "cases"
NAMES_ALL = ("json", "junit", "checkstyle")
"""Formats that name sound files too."""


@pytest.fixture(autouse=True)
def no_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of the project are in the installed package, if there is one."""
    monkeypatch.setattr("modelspec.report.sarif.project_urls", dict)


def unversioned(text: str) -> str:
    return re.sub(r'(\n     "version": )"[^"]*"', r'\1"VERSION"', text)


@pytest.mark.parametrize("strict", [False, True], ids=["lax", "strict"])
@pytest.mark.parametrize("form", FORMATS)
def test_a_format_is_exactly_this(form: str, strict: bool, request: pytest.FixtureRequest) -> None:
    said = unversioned(render_findings(FINDINGS, FILES, form, strict=strict))
    differs = strict and form == "junit"
    expected = CASES / f"{form}{'-strict' if differs else ''}.out"
    if request.config.getoption("--update-out") and (differs or not strict):
        expected.write_bytes(said.encode())
    assert said == expected.read_bytes().decode()


@pytest.mark.parametrize("form", FORMATS)
def test_a_format_can_say_that_all_is_well(form: str) -> None:
    said = render_findings([], FILES, form)
    assert "models/sound.yaml" in said if form in NAMES_ALL else "models/" not in said


def test_colour_is_on_the_severity_and_not_on_a_message_that_looks_like_one() -> None:
    span = Span("a: error: b.yaml", 1, 2, 1, 3)
    message, hint = "x: error: y: warning: z", "see: note: this"
    finding = Finding(span, Severity.WARNING, "wrong-value", message, hint)
    text = render_findings([finding], colour=True)
    assert text == (
        "a: error: b.yaml:1:2: \x1b[33;1mwarning\x1b[0m: x: error: y: warning: z [wrong-value]\n"
        "    hint: see: note: this\n"
    )
    assert text.replace("\x1b[33;1m", "").replace("\x1b[0m", "") == render_findings([finding])
