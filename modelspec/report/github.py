"""Findings as workflow commands, which GitHub Actions shows on the lines of a change."""

from __future__ import annotations

from modelspec.diagnostics import Finding, Severity, Span

from .report import Report

_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


def as_github(report: Report) -> str:
    """One `::error ...::message` for each finding, with its other places and hint in the text."""
    return "".join(_command(finding) for finding in report.findings)


def _command(finding: Finding) -> str:
    lines = [finding.message]
    for span, message, *_ in finding.related:
        lines.append(f"{span.file}:{span.line}:{span.column}: {message}")
    if finding.hint:
        lines.append(f"hint: {finding.hint}")
    place = ",".join(f"{name}={_property(value)}" for name, value in _place(finding.span))
    title = _property(finding.code)
    text = _data("\n".join(lines))
    return f"::{_LEVELS[finding.severity]} {place},title={title}::{text}\n"


def _place(span: Span) -> list[tuple[str, str]]:
    """GitHub takes columns only where a finding begins and ends on one line."""
    place = [("file", span.file), ("line", str(span.line)), ("endLine", str(span.end_line))]
    if span.line == span.end_line:
        place += [("col", str(span.column)), ("endColumn", str(span.end_column))]
    return place


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
