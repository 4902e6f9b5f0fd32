"""What the formats of findings are written from."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from modelspec.diagnostics import Finding, Severity

Strictness = bool | Callable[[str], bool]
"""Whether warnings count as failures: everywhere, or by the name of the file."""

_FORBIDDEN = "[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
"""Characters that XML 1.0 cannot hold, not even escaped; and carriage returns, which a reader
would turn into line breaks. Compiled by the first report in XML: a set of this size takes 4 ms."""


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
    strict: Strictness = False
    colour: bool = False

    def counts(self, finding: Finding) -> bool:
        """Whether a finding makes the check fail."""
        if finding.severity is not Severity.WARNING:
            return finding.severity is Severity.ERROR
        strict = self.strict
        return strict if isinstance(strict, bool) else strict(finding.span.file)

    def by_file(self) -> dict[str, list[Finding]]:
        """Each file that was looked at, and those that findings lead to, with its findings."""
        found: dict[str, list[Finding]] = {name: [] for name in self.files}
        for finding in self.findings:
            found.setdefault(finding.span.file, []).append(finding)
        return found

    def fingerprints(self) -> list[str]:
        """What each finding is known by from one report to the next: 32 hexadecimal digits.

        They are of file, code and message, so that a finding whose line has moved keeps its own.
        Equal ones in a file are counted, and no two findings have the same.
        """
        from hashlib import sha256

        seen: dict[tuple[str, str, str], int] = {}
        prints = []
        for finding in self.findings:
            same = (_posix(finding.span.file), finding.code, finding.message)
            seen[same] = number = seen.get(same, -1) + 1
            text = "\0".join((*same, str(number)))
            prints.append(sha256(text.encode("utf-8", "backslashreplace")).hexdigest()[:32])
        return prints


def _posix(file: str) -> str:
    """A path as it is on every system, from whichever folder `.` is written before it."""
    import os

    return os.path.normpath(file).replace(os.sep, "/")


def xml_text(text: str) -> str:
    """A text without what XML cannot hold."""
    return re.sub(_FORBIDDEN, "\ufffd", text.replace("\r\n", "\n"))
