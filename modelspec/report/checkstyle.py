"""Findings as the XML of Checkstyle, which Jenkins, SonarQube, reviewdog and many editors read."""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement, indent, tostring

from modelspec.diagnostics import Finding, Severity

from .report import Report, xml_text

_SEVERITIES = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "info"}
_VERSION = "4.3"
"""The version of Checkstyle whose form this is; readers look for it, and take any."""


def as_checkstyle(report: Report) -> str:
    """An element for each file, sound ones too, with one for each finding in it."""
    root = Element("checkstyle", {"version": _VERSION})
    for name, found in report.by_file().items():
        element = SubElement(root, "file", {"name": xml_text(name)})
        for finding in found:
            SubElement(element, "error", _attributes(finding))
    indent(root, " ")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(root, encoding="unicode")}\n'


def _attributes(finding: Finding) -> dict[str, str]:
    message = finding.message
    if finding.hint:
        message += f" (hint: {finding.hint})"
    return {
        "line": str(finding.span.line),
        "column": str(finding.span.column),
        "severity": _SEVERITIES[finding.severity],
        "message": xml_text(message),
        "source": f"modelspec.{finding.code}",
    }
