"""Findings in text, JSON and the formats of CI services: one function each in `FORMATS`.

A format's module is imported only when it is used: most calls print text.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from modelspec.diagnostics import Finding, Severity

from .report import Report, Strictness

_COLOURS = {Severity.ERROR: "31;1", Severity.WARNING: "33;1", Severity.NOTE: "36;1"}


def as_text(report: Report) -> str:
    """`file:line:column: severity: message [code]`, with other places and the hint below."""
    return "".join(
        f"{finding.to_text(_severity(finding, report))}\n" for finding in report.findings
    )


def _severity(finding: Finding, report: Report) -> str:
    name = str(finding.severity)
    return f"\x1b[{_COLOURS[finding.severity]}m{name}\x1b[0m" if report.colour else name


def as_json(report: Report) -> str:
    """The JSON form of the language reference, section 9."""
    import json

    findings = [finding.to_dict() for finding in report.findings]
    files = list(report.files)
    body = {"version": 1, "findings": findings, "files": len(files), "checked": files}
    return json.dumps(body, indent=1, ensure_ascii=False) + "\n"


def as_github(report: Report) -> str:
    """Workflow commands for GitHub Actions."""
    from modelspec.report import github

    return github.as_github(report)


def as_sarif(report: Report) -> str:
    """SARIF 2.1.0, for code scanning."""
    from modelspec.report import sarif

    return sarif.as_sarif(report)


def as_junit(report: Report) -> str:
    """JUnit XML, with a test case for each file."""
    from modelspec.report import junit

    return junit.as_junit(report)


def as_gitlab(report: Report) -> str:
    """A report of GitLab Code Quality."""
    from modelspec.report import gitlab

    return gitlab.as_gitlab(report)


def as_rdjson(report: Report) -> str:
    """The Reviewdog Diagnostic Format."""
    from modelspec.report import rdjson

    return rdjson.as_rdjson(report)


def as_checkstyle(report: Report) -> str:
    """The XML of Checkstyle."""
    from modelspec.report import checkstyle

    return checkstyle.as_checkstyle(report)


FORMATS: dict[str, Callable[[Report], str]] = {
    "text": as_text,
    "json": as_json,
    "github": as_github,
    "sarif": as_sarif,
    "junit": as_junit,
    "gitlab": as_gitlab,
    "rdjson": as_rdjson,
    "checkstyle": as_checkstyle,
}


def render_findings(
    findings: Sequence[Finding],
    files: Sequence[str] = (),
    form: str = "text",
    *,
    strict: Strictness = False,
    colour: bool = False,
) -> str:
    """Render findings in one of the `FORMATS`.

    Args:
        findings: in the order in which they are shown.
        files: the names of all files that were checked, as the findings name them.
        form: a key of `FORMATS`.
        strict: whether warnings count as failures, for a format that says which file failed.
        colour: whether the text form has its severities in colour, for a terminal.
    """
    return FORMATS[form](Report(findings, files, strict, colour))


def tally(findings: Sequence[Finding], files: int) -> str:
    """`2 errors, 1 warning in 3 files`, or that there are no problems."""
    counts = {s: sum(f.severity is s for f in findings) for s in Severity}
    parts = [f"{n} {s}{'s' if n != 1 else ''}" for s, n in counts.items() if n]
    of = f"{files} file{'s' if files != 1 else ''}"
    return f"{', '.join(parts)} in {of}" if parts else f"{of}: no problems found"
