"""The stages in order: text, document, schema, expansion, spec, graph. The first file to read."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from modelspec.analysis import Analysis, analyze, check_sections, named_policy
from modelspec.diagnostics import (
    EXIT_ERRORS,
    Findings,
    Span,
    SpecError,
    exit_code_of,
    limit_suggestions,
)
from modelspec.document import LocatedDict, load, read
from modelspec.graph import Graph, build_graph
from modelspec.layers.rule import Policy
from modelspec.schema import Verdict, check
from modelspec.spec import Spec, apply_overrides, extend, parse_spec
from modelspec.spec.expansion import Expansion, expand, find_declarations, recheck
from modelspec.spec.extensions import (
    extension_objects,
    extensions_allowed,
    report_functions,
    report_trust,
)
from modelspec.spec.model import parse_model

Source = str | os.PathLike[str]


@dataclass(frozen=True, slots=True)
class CompiledSpec:
    """A spec that has passed every stage that needs no TensorFlow.

    Attributes:
        spec: the typed spec.
        graph: its model's graph.
        analysis: the shapes, dtypes, weights and FLOPs of the graph.
        text: the file as written.
        findings: warnings and notes, and expectations that are missed.
    """

    spec: Spec
    graph: Graph
    analysis: Analysis
    text: str
    findings: Findings

    def hold(self) -> CompiledSpec:
        """The same, for what is to be built or trained.

        Raises:
            SpecError: an expectation of the spec is missed.
        """
        if self.findings.has_errors:
            raise SpecError(self.findings.sorted())
        return self


def compile_file(source: Source, overrides: Mapping[str, Any] | None = None) -> CompiledSpec:
    """Read one spec file and bring it through all stages.

    Args:
        source: the path of a YAML or JSON file.
        overrides: dotted paths to values, as `--set` gives them.

    An expectation that is missed is among the findings and no reason to look at nothing;
    `CompiledSpec.hold` refuses it.

    Raises:
        SpecError: the spec has faults; all of them are in it.
    """
    path = Path(source)
    findings = Findings()
    text = read(path, findings)
    opened = None
    if text is not None:
        opened = compile_text(text, str(path), path, findings, overrides)
    if opened is None:
        raise SpecError(findings.sorted())
    return opened


@limit_suggestions()
def compile_text(
    text: str,
    name: str,
    path: Path | None,
    findings: Findings,
    overrides: Mapping[str, Any] | None = None,
) -> CompiledSpec | None:
    """Bring a text through all stages; None where a stage found an error."""
    document = read_document(text, name, findings, overrides or {})
    if document is None:
        return None
    declared = find_declarations(document)
    verdict = check(document, findings)
    if verdict is Verdict.UNUSABLE:
        return None
    expansion = expand(document, declared, findings)
    if expansion is None:
        return None
    verdict = min(verdict, _written_out(expansion, document, findings), key=_ORDER.index)
    if verdict is Verdict.UNUSABLE:
        return None
    before = findings.error_count
    spec = parse_spec(expansion.document, path, findings)
    graph = build_graph(spec.model, findings, complete=verdict is not Verdict.INCOMPLETE)
    spec = check_extensions(spec, findings)
    if graph is None or findings.error_count > before:  # names or edges that mislead the analysis
        return None
    analysis = analyze(graph, findings, _policy(spec))
    check_sections(spec, analysis, findings)
    if exit_code_of(findings) == EXIT_ERRORS:  # a missed expectation alone does not stop
        return None
    return CompiledSpec(spec, graph, analysis, text, findings)


def _policy(spec: Spec) -> Policy | None:
    """The dtype policy of the whole model, where it is one of Keras's names."""
    precision = spec.training.precision if spec.training is not None else None
    return named_policy(precision) if precision is not None else None


_ORDER = (Verdict.UNUSABLE, Verdict.INCOMPLETE, Verdict.PATCHED, Verdict.VALID)
"""Verdicts from the worst to the best."""


def read_document(
    text: str, name: str, findings: Findings, overrides: Mapping[str, Any]
) -> LocatedDict | None:
    """A text with its bases and its overrides; None with findings where one of them fails."""
    document = load(text, name, findings)
    if document is None or not is_spec(document, name, findings):
        return None
    base = {path: value for path, value in overrides.items() if path == "extends"}
    apply_overrides(document, base, findings)
    if "extends" in document:
        document = extend(document, name, findings)
        if document is None:
            return None
    apply_overrides(document, {p: v for p, v in overrides.items() if p not in base}, findings)
    checked: LocatedDict = document
    return checked


def check_extensions(spec: Spec, findings: Findings) -> Spec:
    """Import the extensions where that is allowed; else say what is taken on trust.

    The spec comes back with the functions that make its data, where they were imported.
    """
    objects = extension_objects(spec)
    if not extensions_allowed() or not spec.document.get("extensions"):
        report_trust(spec, objects, findings)
        report_functions(spec, findings)
        return spec
    from modelspec.building import use_extensions, with_functions

    use_extensions(spec, objects, findings)
    return with_functions(spec, findings)


def _written_out(expansion: Expansion, document: LocatedDict, findings: Findings) -> Verdict:
    """What the schema says of a document and its blocks once they are written out."""
    if expansion.blocks is not None:
        verdict = recheck(expansion.blocks, expansion.origins, findings)
        if verdict is not Verdict.UNUSABLE:
            build_graph(parse_model(expansion.blocks["model"], findings), findings)
    if expansion.document is document:
        return Verdict.VALID
    return recheck(expansion.document, expansion.origins, findings)


def is_spec(document: Any, name: str, findings: Findings) -> bool:
    """Whether the top of a document is a mapping; a finding where it is not."""
    if isinstance(document, LocatedDict):
        return True
    span = getattr(document, "span", None) or Span(name, 1, 1, 1, 1)
    message = "a spec is a mapping that begins with `modelspec: 1`"
    findings.error(span, "not-a-spec", message)
    return False
