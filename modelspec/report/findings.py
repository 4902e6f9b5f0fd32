"""Views of findings. Each format is one function in the table `FORMATS`."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

from modelspec.diagnostics import Finding, Severity

_COLOURS = {Severity.ERROR: "31;1", Severity.WARNING: "33;1", Severity.NOTE: "36;1"}


def as_text(findings: Sequence[Finding], files: int) -> str:
    """`file:line:column: severity: message [code]`, with other places and the hint below."""
    return "".join(f"{finding}\n" for finding in findings)


def as_json(findings: Sequence[Finding], files: int) -> str:
    """The JSON form of the language reference, section 9."""
    body = {"version": 1, "findings": [f.to_dict() for f in findings], "files": files}
    return json.dumps(body, indent=1, ensure_ascii=False) + "\n"


def as_github(findings: Sequence[Finding], files: int) -> str:
    """Workflow commands that GitHub Actions shows as annotations on the lines of a change."""
    levels = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}
    lines = []
    for finding in findings:
        span = finding.span
        text = finding.message + (f"\nhint: {finding.hint}" if finding.hint else "")
        place = (
            f"file={_property(span.file)},line={span.line},endLine={span.end_line},"
            f"col={span.column},endColumn={span.end_column},title={_property(finding.code)}"
        )
        lines.append(f"::{levels[finding.severity]} {place}::{_data(text)}\n")
    return "".join(lines)


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


FORMATS: dict[str, Callable[[Sequence[Finding], int], str]] = {
    "text": as_text,
    "json": as_json,
    "github": as_github,
}


def render_findings(findings: Sequence[Finding], files: int, form: str = "text") -> str:
    """Findings in one of the `FORMATS`; `files` is how many files were looked at."""
    return FORMATS[form](findings, files)


def coloured(text: str) -> str:
    """A text view with its severities in colour, for a terminal."""
    for severity, code in _COLOURS.items():
        text = text.replace(f": {severity}: ", f": \x1b[{code}m{severity}\x1b[0m: ")
    return text


def tally(findings: Sequence[Finding], files: int) -> str:
    """`2 errors and 1 warning in 3 files`, or that all is well."""
    counts = {s: sum(f.severity is s for f in findings) for s in Severity}
    parts = [f"{n} {s}{'s' if n != 1 else ''}" for s, n in counts.items() if n]
    of = f"{files} file{'s' if files != 1 else ''}"
    return f"{', '.join(parts)} in {of}" if parts else f"{of}: no faults"
