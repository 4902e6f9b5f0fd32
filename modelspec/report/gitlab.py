"""Findings as a report of GitLab Code Quality (docs.gitlab.com/ci/testing/code_quality), which
GitLab shows on the lines of a merge request."""

from __future__ import annotations

import os
from pathlib import Path, PurePath
from typing import Any

from modelspec.diagnostics import Finding, Severity

from .report import Report

_SEVERITIES = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.NOTE: "info"}
"""GitLab has two above `major`; findings of security have them."""


def as_gitlab(report: Report) -> str:
    """An array with an object for each finding; GitLab drops an object whose fingerprint it has."""
    import json

    pairs = zip(report.findings, report.fingerprints(), strict=True)
    issues = [_issue(finding, fingerprint) for finding, fingerprint in pairs]
    return json.dumps(issues, indent=1, ensure_ascii=False) + "\n"


def _issue(finding: Finding, fingerprint: str) -> dict[str, Any]:
    description = finding.message
    if finding.hint:
        description += f" (hint: {finding.hint})"
    span = finding.span
    return {
        "type": "issue",
        "check_name": finding.code,
        "description": description,
        "categories": ["Bug Risk"],
        "severity": _SEVERITIES[finding.severity],
        "fingerprint": fingerprint,
        "location": {
            "path": _path_in_project(span.file),
            "lines": {"begin": span.line, "end": span.end_line},
        },
    }


def _path_in_project(file: str) -> str:
    """GitLab knows files by their path from the root of the project, which its runner names."""
    root = os.environ.get("CI_PROJECT_DIR")
    if root:
        path = Path(os.path.abspath(file))  # noqa: PTH100  # links stay as they are
        if path.is_relative_to(root):
            return path.relative_to(root).as_posix()
    return PurePath(os.path.normpath(file)).as_posix()
