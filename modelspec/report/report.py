"""What the formats of findings are written from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from modelspec.diagnostics import Finding, Severity


class Report(NamedTuple):
    """The findings of one call of `modelspec validate`.

    Attributes:
        findings: in the order in which they are shown.
        files: all files that were looked at, as the findings name them.
        strict: whether warnings count as failures.
        colour: whether a terminal shows the text form, with severities in colour.
    """

    findings: Sequence[Finding]
    files: Sequence[str] = ()
    strict: bool = False
    colour: bool = False

    def counts(self, finding: Finding) -> bool:
        """Whether a finding makes the check fail."""
        severity = finding.severity
        return severity is Severity.ERROR or (self.strict and severity is Severity.WARNING)
