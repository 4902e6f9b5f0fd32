"""Findings as SARIF 2.1.0 (docs.oasis-open.org/sarif/sarif/v2.1.0), for code scanning.

Columns count characters (`unicodeCodePoints`), as spans do. A finding whose text can be replaced by
one other carries it as a fix. Paths are relative to the folder that
the command ran in, which a reader takes as the root of the sources.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from modelspec.diagnostics import Finding, Fix, Related, Severity, Span
from modelspec.document import OverrideName
from modelspec.version import __version__

from .code_pages import page_of
from .report import Report

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
ROOT = "%SRCROOT%"
FINGERPRINT = "modelspecFinding/v1"
"""What a finding is known by, though its line has moved; GitHub adds a fingerprint of its own."""

_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "note"}
_CODE = re.compile(r"(`+[^`]*`+)")
_SPECIAL = re.compile(r"([\\*_<>\[\]#~|&])")


def as_sarif(report: Report) -> str:
    """One run with a rule for each code that was found, and a result for each finding."""
    import json

    codes = sorted({finding.code for finding in report.findings})
    index = {code: number for number, code in enumerate(codes)}
    driver: dict[str, Any] = {"name": "modelspec", "version": __version__}
    urls = project_urls()
    if "Homepage" in urls:
        driver["informationUri"] = urls["Homepage"]
    driver["rules"] = [_rule(code, urls) for code in codes]
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "invocations": [{"executionSuccessful": True}],
        "results": [
            _result(finding, index[finding.code], fingerprint)
            for finding, fingerprint in zip(report.findings, report.fingerprints(), strict=True)
        ],
    }
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, indent=1, ensure_ascii=False) + "\n"


def project_urls() -> dict[str, str]:
    """The addresses of the project that the installed package states, by their labels; none where
    modelspec runs from its source."""
    from importlib.metadata import PackageNotFoundError, metadata

    try:
        given = metadata("keras-modelspec").get_all("Project-URL") or []
    except PackageNotFoundError:
        return {}
    pairs = (line.partition(",") for line in given)
    return {label.strip(): url.strip() for label, _, url in pairs}


def _rule(code: str, urls: Mapping[str, str]) -> dict[str, Any]:
    page = page_of(code)
    rule: dict[str, Any] = {"id": code}
    if "Source" in urls:
        rule["helpUri"] = f"{urls['Source']}/blob/v{__version__}/docs/findings.md#what-a-code-means"
    if page is not None:
        more = f"\n\n`modelspec explain {code}` shows an example." if page.fails else ""
        rule["shortDescription"] = {"text": _plain(page.summary)}
        rule["fullDescription"] = {"text": _plain(page.text)}
        rule["help"] = {"text": _plain(page.text) + more, "markdown": _markdown(page.text) + more}
    return rule


def _result(finding: Finding, rule: int, fingerprint: str) -> dict[str, Any]:
    text, markdown = _plain(finding.message), _markdown(finding.message)
    if finding.hint:
        text += f"\nHint: {_plain(finding.hint)}"
        markdown += f"\n\n**Hint:** {_markdown(finding.hint)}"
    result: dict[str, Any] = {
        "ruleId": finding.code,
        "ruleIndex": rule,
        "level": _LEVELS[finding.severity],
        "message": {"text": text, "markdown": markdown},
        "locations": [_location(finding.span)],
        "partialFingerprints": {FINGERPRINT: fingerprint},
    }
    if finding.related:
        result["relatedLocations"] = _related(finding.related)
    if finding.fixes and not isinstance(finding.span.file, OverrideName):
        result["fixes"] = [_fix(fix) for fix in finding.fixes]
    return result


def _fix(fix: Fix) -> dict[str, Any]:
    """A change of one file that replaces one word in it."""
    replacement = {"deletedRegion": _region(fix.span), "insertedContent": {"text": fix.text}}
    change = {"artifactLocation": _artifact(fix.span.file), "replacements": [replacement]}
    description = f"Replace `{fix.wrong}` with `{fix.text}`"
    return {
        "description": {"text": _plain(description), "markdown": _markdown(description)},
        "artifactChanges": [change],
    }


def _related(related: Sequence[Related]) -> list[dict[str, Any]]:
    return [
        {"id": number, **_location(other.span), "message": {"text": _plain(other.message)}}
        for number, other in enumerate(related)
    ]


def _location(span: Span) -> dict[str, Any]:
    place = {"artifactLocation": _artifact(span.file), "region": _region(span)}
    return {"physicalLocation": place}


def _region(span: Span) -> dict[str, int]:
    return {
        "startLine": span.line,
        "startColumn": span.column,
        "endLine": span.end_line,
        "endColumn": span.end_column,
    }


def _artifact(file: str) -> dict[str, str]:
    path = PurePath(file)
    if path.is_absolute():
        return {"uri": path.as_uri()}
    return {"uri": quote(path.as_posix()), "uriBaseId": ROOT}


def _plain(text: str) -> str:
    """A plain text message: braces would be placeholders, and `[a](b)` a link (3.11.5, 3.11.6)."""
    return text.replace("{", "{{").replace("}", "}}").replace("](", "] (")


def _markdown(text: str) -> str:
    """A formatted message in which nothing but what stands in backticks has a form."""
    parts = _CODE.split(text)
    parts[::2] = [_SPECIAL.sub(r"\\\1", part) for part in parts[::2]]
    return "".join(parts).replace("{", "{{").replace("}", "}}")
