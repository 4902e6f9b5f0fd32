"""Findings as JUnit XML, which GitLab, Jenkins and others show as tests: one for each file."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from modelspec.diagnostics import Finding

from .report import Report, xml_text


def as_junit(report: Report) -> str:
    """A test suite. Errors are a test case's one `failure`, other findings its `system-out`."""
    by_file = report.by_file()
    failed = sum(any(map(report.counts, found)) for found in by_file.values())
    numbers = {"tests": str(len(by_file)), "failures": str(failed), "errors": "0"}
    root = Element("testsuites", {"name": "modelspec", **numbers})
    suite = SubElement(root, "testsuite", {"name": "modelspec validate", **numbers, "skipped": "0"})
    for name, found in by_file.items():
        _add_case(suite, xml_text(name), found, report)
    indent(root, " ")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(root, encoding="unicode")}\n'


def _add_case(suite: Element, name: str, found: Sequence[Finding], report: Report) -> None:
    case = SubElement(suite, "testcase", {"classname": "modelspec", "name": name, "file": name})
    counted = [finding for finding in found if report.counts(finding)]
    others = [finding for finding in found if not report.counts(finding)]
    if counted:
        first = counted[0]
        message = f"line {first.span.line}: {first.message}"
        if len(counted) > 1:
            message += f" (and {len(counted) - 1} more)"
        attributes = {"type": first.code, "message": xml_text(message)}
        SubElement(case, "failure", attributes).text = _text(counted)
    if others:
        SubElement(case, "system-out").text = _text(others)


def _text(findings: Sequence[Finding]) -> str:
    return xml_text("\n".join(str(finding) for finding in findings))
