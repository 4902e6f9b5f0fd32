"""Findings as JUnit XML, which GitLab, Jenkins and others show as tests: one for each file."""

from __future__ import annotations

import re
from collections.abc import Sequence

from modelspec.diagnostics import Finding

from .report import Report

_ESCAPES = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "\n": "&#10;",
    "\r": "&#13;",
    "\t": "&#9;",
}
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 cannot hold, not even escaped."""


def as_junit(report: Report) -> str:
    """A test suite. What counts is a test's one `failure`, the rest is its `system-out`."""
    by_file: dict[str, list[Finding]] = {name: [] for name in report.files}
    for finding in report.findings:
        by_file.setdefault(finding.span.file, []).append(finding)
    cases = [_case(name, found, report) for name, found in by_file.items()]
    failed = sum(any(map(report.counts, found)) for found in by_file.values())
    numbers = f'tests="{len(cases)}" failures="{failed}" errors="0"'
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<testsuites name="modelspec" {numbers}>\n'
        f' <testsuite name="modelspec validate" {numbers} skipped="0">\n'
        f"{''.join(cases)}"
        " </testsuite>\n"
        "</testsuites>\n"
    )


def _case(name: str, found: Sequence[Finding], report: Report) -> str:
    counted = [finding for finding in found if report.counts(finding)]
    others = [finding for finding in found if not report.counts(finding)]
    quoted = _attribute(name)
    head = f'  <testcase classname="modelspec" name={quoted} file={quoted}'
    if not found:
        return f"{head}/>\n"
    body = ""
    if counted:
        first = counted[0]
        message = f"line {first.span.line}: {first.message}"
        if len(counted) > 1:
            message += f" (and {len(counted) - 1} more)"
        body += (
            f"   <failure type={_attribute(first.code)} message={_attribute(message)}>"
            f"{_text(counted)}</failure>\n"
        )
    if others:
        body += f"   <system-out>{_text(others)}</system-out>\n"
    return f"{head}>\n{body}  </testcase>\n"


def _text(findings: Sequence[Finding]) -> str:
    """The text form, escaped; line breaks may stand as they are."""
    text = _allowed("\n".join(str(finding) for finding in findings))
    return "".join(char if char in "\n\t" else _ESCAPES.get(char, char) for char in text)


def _attribute(text: str) -> str:
    """Quoted; line breaks and tabs are escaped, as a reader would make spaces of them."""
    return '"' + "".join(_ESCAPES.get(char, char) for char in _allowed(text)) + '"'


def _allowed(text: str) -> str:
    return _FORBIDDEN.sub("\ufffd", text)
