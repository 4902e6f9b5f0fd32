"""Findings in the Reviewdog Diagnostic Format (github.com/reviewdog/reviewdog, proto/rdf).

Its columns count bytes of UTF-8 from 1, and its ends are exclusive. A replacement that is enough
to make a finding go away is a suggestion, which a reviewer can accept.
"""

from __future__ import annotations

import os
import re
from pathlib import Path, PurePath
from typing import Any

from modelspec.diagnostics import Finding, Findings, Severity, Span
from modelspec.document import OverrideName, read

from .report import Report

_SEVERITIES = {Severity.ERROR: "ERROR", Severity.WARNING: "WARNING", Severity.NOTE: "INFO"}
_LINE_END = re.compile("\r\n|[\n\r\x85\u2028\u2029]")

Lines = dict[str, list[str]]
"""File to its lines, of those that were asked for."""


def as_rdjson(report: Report) -> str:
    """One object with a diagnostic for each finding."""
    import json

    lines: Lines = {}
    body = {
        "source": {"name": "modelspec"},
        "diagnostics": [_diagnostic(finding, lines) for finding in report.findings],
    }
    return json.dumps(body, indent=1, ensure_ascii=False) + "\n"


def _diagnostic(finding: Finding, lines: Lines) -> dict[str, Any]:
    path = PurePath(os.path.normpath(finding.span.file)).as_posix()
    diagnostic: dict[str, Any] = {
        "message": _message(finding),
        "location": {"path": path, "range": _range(finding.span, lines)},
        "severity": _SEVERITIES[finding.severity],
        "code": {"value": finding.code},
    }
    if finding.fixes and not isinstance(finding.span.file, OverrideName):
        diagnostic["suggestions"] = [
            {"range": _range(fix.span, lines), "text": fix.text} for fix in finding.fixes
        ]
    return diagnostic


def _message(finding: Finding) -> str:
    """With the other places in it: most versions of reviewdog refuse a report with a key that they
    do not know, and few have one for them."""
    lines = [finding.message]
    lines += [f"{s.file}:{s.line}:{s.column}: {text}" for s, text, _ in finding.related]
    lines += [f"hint: {finding.hint}"] if finding.hint else []
    return "\n".join(lines)


def _range(span: Span, lines: Lines) -> dict[str, Any]:
    return {
        "start": _position(span.file, span.line, span.column, lines),
        "end": _position(span.file, span.end_line, span.end_column, lines),
    }


def _position(file: str, line: int, column: int, lines: Lines) -> dict[str, int]:
    if file not in lines:
        text = None if isinstance(file, OverrideName) else read(Path(file), Findings())
        lines[file] = _LINE_END.split(text or "")
    before = lines[file][line - 1][: column - 1] if line <= len(lines[file]) else ""
    # what stands before it and could not be read counts as characters
    return {
        "line": line,
        "column": column + len(before.encode("utf-8", "surrogatepass")) - len(before),
    }
