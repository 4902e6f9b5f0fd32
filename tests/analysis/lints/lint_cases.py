"""The lints over texts, and the examples in their manual pages."""

from __future__ import annotations

import re

from modelspec.analysis.lints import page
from modelspec.compile.stages import compile_text
from modelspec.diagnostics.finding import Finding
from modelspec.diagnostics.findings import Findings
from modelspec.report import asked_workers
from modelspec.spec import divided_among

EXAMPLE = re.compile(r"^(Fails|Passes):\n\n((?:    .*\n|\n)+)", re.MULTILINE)


def examples(code: str) -> dict[str, list[str]]:
    """The specs of a page, by "Fails" and "Passes"."""
    text = page(code)
    assert text is not None
    found: dict[str, list[str]] = {"Fails": [], "Passes": []}
    for title, block in EXAMPLE.findall(text + "\n"):
        found[title].append(re.sub("^    ", "", block, flags=re.MULTILINE))
    return found


def said_of(text: str, name: str = "spec.yaml") -> list[Finding]:
    """All that is said of a spec without errors, in order."""
    findings = Findings()
    with divided_among(asked_workers(text)):
        compile_text(text, name, None, findings)
    assert not findings.has_errors, "\n".join(map(str, findings.sorted()))
    return findings.sorted()


def codes_of(text: str) -> list[str]:
    """The codes of what is said of a spec without errors."""
    return [finding.code for finding in said_of(text)]
