"""The lints over texts, and the examples in their manual pages."""

from __future__ import annotations

import re
from pathlib import Path

from modelspec.analysis import Analysis, Policy, analyze
from modelspec.analysis.lints import page, run_lints
from modelspec.analysis.losses import check_losses
from modelspec.diagnostics import Finding, Findings
from modelspec.document import load
from modelspec.graph import build_graph
from modelspec.schema import check
from modelspec.spec import Spec, declared_in, expand, parse_spec

EXAMPLE = re.compile(r"^(Fails|Passes):\n\n((?:    .*\n|\n)+)", re.MULTILINE)


def examples(code: str) -> dict[str, list[str]]:
    """The specs of a page, by "Fails" and "Passes"."""
    text = page(code)
    assert text is not None
    found: dict[str, list[str]] = {"Fails": [], "Passes": []}
    for title, block in EXAMPLE.findall(text + "\n"):
        found[title].append(re.sub("^    ", "", block, flags=re.MULTILINE))
    return found


def analysed(text: str, name: str = "spec.yaml", path: Path | None = None) -> tuple[Spec, Analysis]:
    """A spec without faults, and what is known of its model."""
    findings = Findings()
    document = load(text, name, findings)
    assert document is not None, said(findings)
    declared = declared_in(document)
    check(document, findings)
    expansion = expand(document, declared, findings)
    assert expansion is not None, said(findings)
    spec = parse_spec(expansion.document, path, findings)
    graph = build_graph(spec.model, findings)
    assert graph is not None, said(findings)
    analysis = analyze(graph, findings, policy(spec))
    assert not findings.has_errors, said(findings)
    return spec, analysis


def policy(spec: Spec) -> Policy:
    """The dtype policy of a model."""
    name = (spec.training.precision if spec.training else None) or "float32"
    if name.startswith("mixed_"):
        return Policy(name.removeprefix("mixed_"), "float32")
    return Policy(name, name)


def lints(text: str, name: str = "spec.yaml") -> list[Finding]:
    """What the lints say of a spec without faults, in order."""
    spec, analysis = analysed(text, name)
    losses, found = Findings(), Findings()
    check_losses(spec, analysis, losses)
    assert not losses.has_errors, said(losses)
    run_lints(spec, analysis, found)
    return found.sorted()


def said(findings: Findings) -> str:
    """All findings as text."""
    return "\n".join(map(str, findings.sorted()))
