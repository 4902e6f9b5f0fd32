"""Workflow commands, and the problem matcher that reads the text form."""

from __future__ import annotations

import json
import re
from pathlib import Path

from awkward import FILES, FINDINGS

from modelspec.diagnostics.finding import Finding, Severity, Span
from modelspec.report.findings import render_findings

ROOT = Path(__file__).parents[2]
MATCHERS = json.loads((ROOT / ".github" / "modelspec-matcher.json").read_text(encoding="utf-8"))


def commands() -> list[str]:
    return render_findings(FINDINGS, FILES, "github").splitlines()


def test_one_line_for_each_finding() -> None:
    kinds = [line.split(" ", 1)[0] for line in commands()]
    assert kinds == ["::error", "::error", "::warning", "::notice"]


def test_properties_and_text_are_escaped_apart() -> None:
    assert commands()[0].startswith(
        '::error file=models/a b%2C 100%25%3A "<é>".yaml,line=3,endLine=3,col=5,endColumn=9,'
        'title=duplicate-name::two layers are called "<out> & {0}", see [here](1)%0A'
    )


def test_other_places_and_the_hint_are_in_the_text() -> None:
    text = commands()[0]
    assert '100%25: "<é>".yaml:2:5: the first one: 50%25%0A' in text
    assert "base/other,one.yaml:7:1: and%0Ain the base%0A" in text
    assert text.endswith('%0Ahint: rename one, to "${name}_2" say')


def test_columns_are_left_out_where_the_lines_differ() -> None:
    assert ",line=4,endLine=6,title=" in commands()[1]
    assert "%0D%0A#1" in commands()[1]


def matched(line: str) -> dict[str, str] | None:
    for matcher in MATCHERS["problemMatcher"]:
        (pattern,) = matcher["pattern"]
        found = re.search(pattern["regexp"], line)
        if found:
            parts = {key: found[n] for key, n in pattern.items() if isinstance(n, int)}
            return {"severity": matcher.get("severity", ""), **parts}
    return None


def test_the_matcher_reads_what_is_printed() -> None:
    for severity, shown in (("error", "error"), ("warning", "warning"), ("note", "notice")):
        span = Span("a b/c.yaml", 3, 14, 3, 15)
        finding = Finding(span, Severity(severity), "wrong-value", "`x` is: [1, 2]", "a hint")
        first, hint = str(finding).splitlines()
        assert matched(first) == {
            "file": "a b/c.yaml",
            "line": "3",
            "column": "14",
            "severity": shown,
            "message": "`x` is: [1, 2]",
            "code": "wrong-value",
        }
        assert matched(hint) is None


def test_the_matcher_passes_over_other_places() -> None:
    lines = str(FINDINGS[0]).splitlines()
    assert next(matched(line) is not None for line in lines)
    assert not any(matched(line) for line in lines[1:])
