"""The stages of a spec in order, from its text to its analysis. The first file to read.

    text -> document -> schema, expansion -> typed spec -> graph -> extensions -> analysis

A stage takes what the one before it made and a `Findings`, to which it adds every problem that it
sees. `compile_text` runs them all; no stage needs TensorFlow.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from modelspec.analysis import Analysis, analyze, check_outside_training
from modelspec.diagnostics import (
    EXIT_ERRORS,
    Findings,
    Span,
    SpecError,
    exit_code_of,
    limit_suggestions,
)
from modelspec.document import (
    STDIN,
    STDIN_NAME,
    LocatedDict,
    load,
    read,
    read_stdin,
)
from modelspec.graph import Graph, build_graph
from modelspec.layers.policies import named_policy
from modelspec.layers.rule import Policy
from modelspec.schema import Verdict, check
from modelspec.spec import Spec, apply_overrides, extend, parse_spec, refuse_paths_outside
from modelspec.spec.expansion import (
    Expansion,
    expand,
    find_declarations,
    recheck,
    take_conditions,
)
from modelspec.spec.extensions import (
    extension_objects,
    extensions_allowed,
    report_functions,
    report_trust,
)
from modelspec.spec.model import parse_model

from .compiled_spec import CompiledSpec, SpecParts, is_recorded
from .open_columns import leaves_columns
from .sections import check_sections

Source = str | os.PathLike[str]
"""The path of a YAML or JSON file."""

ImportExtensions = Callable[[Spec, Findings], Spec]
"""Imports the modules that a spec names under `extensions`; returns the spec with the functions
that make its data. It needs TensorFlow, so the caller passes it in."""


def compile_file(
    source: Source,
    overrides: Mapping[str, Any] | None = None,
    *,
    import_extensions: ImportExtensions | None = None,
) -> CompiledSpec:
    """Run one spec file through all stages; the arguments are those of `compile_text`.

    A missed expectation is among the findings and does not raise: the spec can still be looked
    at. `CompiledSpec.require_expectations` raises on it.

    Raises:
        SpecError: the spec has errors; all of them are in it.
    """
    findings = Findings()
    path: Path | None = None
    if str(source) == STDIN:
        name, text = STDIN_NAME, read_stdin(findings)
    else:
        path = Path(source)
        name, text = str(path), read(path, findings)
    compiled = None
    if text is not None:
        compiled = compile_text(
            text, name, path, findings, overrides, import_extensions=import_extensions
        )
    if compiled is None:
        raise SpecError(findings.sorted())
    return compiled


def compile_text(  # the text, where it comes from, and what changes it
    text: str,
    name: str,
    path: Path | None,
    findings: Findings,
    overrides: Mapping[str, Any] | None = None,
    *,
    import_extensions: ImportExtensions | None = None,
) -> CompiledSpec | None:
    """Run a text through all stages; None where a stage found an error.

    Args:
        text: YAML or JSON.
        name: what the findings call the text.
        path: the file that holds it, if any; relative paths in the spec lead from its folder.
        findings: takes what the stages find.
        overrides: dotted paths to values, as `--set` gives them.
        import_extensions: imports the spec's extensions where the user allows it; without it they
            are taken on trust.
    """
    found = compile_parts(
        text, name, path, findings, overrides, import_extensions=import_extensions
    )
    return None if found is None else _without_errors(found, text)


def compile_written_out(
    document: LocatedDict,
    verdict: Verdict,
    text: str,
    path: Path | None,
    findings: Findings,
    *,
    import_extensions: ImportExtensions | None = None,
) -> CompiledSpec | None:
    """Run a document through the stages after the second; None where one found an error.

    Args:
        document: as `expand_document` gives it.
        verdict: of the schema, as `expand_document` gives it.
        text: that it was read from.
        path: as that of `compile_text`.
        findings: takes what the stages find.
        import_extensions: as that of `compile_text`.
    """
    found = _compile_parts(document, verdict, path, findings, import_extensions)
    return _without_errors(found, text)


def _without_errors(found: SpecParts, text: str) -> CompiledSpec | None:
    if found.graph is None or found.analysis is None:
        return None
    if exit_code_of(found.findings) == EXIT_ERRORS:  # a missed expectation alone stops nobody
        return None
    return CompiledSpec(found.spec, found.graph, found.analysis, text, found.findings)


def _compile_parts(
    document: LocatedDict,
    verdict: Verdict,
    path: Path | None,
    findings: Findings,
    import_extensions: ImportExtensions | None,
) -> SpecParts:
    errors = findings.error_count
    if path is not None:
        refuse_paths_outside(document, path, findings)
    spec = parse_spec(document, path, findings, is_recorded=is_recorded(path))
    complete = verdict is not Verdict.INCOMPLETE
    gan = None if spec.training is None else spec.training.gan
    graph = build_graph(
        spec.model, findings, complete=complete, losses=spec.tensors_of_losses, gan=gan
    )
    spec = check_extensions(spec, findings, import_extensions)
    if graph is None or findings.error_count > errors:  # names or edges would mislead the analysis
        return SpecParts(spec, graph, None, findings)
    return SpecParts(spec, graph, analyze_spec(spec, graph, findings), findings)


@limit_suggestions()
def compile_parts(
    text: str,
    name: str,
    path: Path | None,
    findings: Findings,
    overrides: Mapping[str, Any] | None = None,
    *,
    import_extensions: ImportExtensions | None = None,
) -> SpecParts | None:
    """As `compile_text`, for what looks at a spec with errors too: as much as there is of it.

    None where no model could be read.
    """
    document = load_document(text, name, overrides or {}, findings)
    expanded = None if document is None else expand_document(document, findings, path)
    if expanded is None:
        return None
    return _compile_parts(*expanded, path, findings, import_extensions)


def compile_expanded(
    text: str, name: str, path: Path | None, findings: Findings
) -> tuple[Spec, Graph] | None:
    """The typed spec and the graph of a text that modelspec itself wrote out.

    There are no bases, blocks or repeats in it, so that the schema, the spec and the graph are all
    the stages it needs. None with findings where it has errors.
    """
    document = load(text, name, findings)
    if not isinstance(document, LocatedDict) or findings.has_errors:
        return None
    if check(document, findings) is not Verdict.VALID:
        return None
    spec = parse_spec(document, path, findings, is_recorded=True)
    gan = None if spec.training is None else spec.training.gan
    graph = build_graph(spec.model, findings, losses=spec.tensors_of_losses, gan=gan)
    return None if graph is None or findings.has_errors else (spec, graph)


def load_document(
    text: str, name: str, overrides: Mapping[str, Any], findings: Findings
) -> LocatedDict | None:
    """Stage 1: YAML to located data, with its bases (`extends`) and its overrides.

    An override of `extends` decides which bases there are; the others change the result.
    """
    document = load(text, name, findings)
    if document is None or not _is_mapping(document, name, findings):
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


def expand_document(
    document: LocatedDict, findings: Findings, path: Path | None = None
) -> tuple[LocatedDict, Verdict] | None:
    """Stage 2: the schema; then blocks, params, repeats and expressions written out.

    The schema sees the document as written, and again with the values that expressions gave. The
    verdict is the worse of the two.
    """
    declared = find_declarations(document)
    as_written = check_as_written(document, findings)
    if as_written is Verdict.UNUSABLE:
        return None
    if not _write_out_columns(document, path, findings):
        return None
    expansion = expand(document, declared, findings)
    if expansion is None:
        return None
    if expansion.blocks is not None:
        _check_blocks(expansion.blocks, expansion, findings)
    verdict: Verdict = as_written
    if expansion.document is not document:
        written_out = recheck(expansion.document, expansion.origins, findings)
        verdict = min((as_written, written_out), key=_WORST_FIRST.index)
    return None if verdict is Verdict.UNUSABLE else (expansion.document, verdict)


def check_as_written(document: LocatedDict, findings: Findings) -> Verdict:
    """The first half of stage 2: the schema, before anything is written out.

    The document loses the `when` of its layers, and parts that are invalid.
    """
    take_conditions(document, findings)
    return check(document, findings)


def _write_out_columns(document: LocatedDict, path: Path | None, findings: Findings) -> bool:
    """Few specs leave columns to their table; the first imports what reads it."""
    if "data" not in document or not leaves_columns(document):
        return True
    from .columns import write_out_columns

    own = Findings()
    if path is not None:
        refuse_paths_outside(document, path, own)  # whose names would be in findings
    if not own.has_errors:
        write_out_columns(document, Path() if path is None else path.parent, own)
    findings.extend(own)
    return not own.has_errors


_WORST_FIRST = (Verdict.UNUSABLE, Verdict.INCOMPLETE, Verdict.PATCHED, Verdict.VALID)


def _check_blocks(blocks: LocatedDict, expansion: Expansion, findings: Findings) -> None:
    """Check blocks by themselves: those that no layer uses have errors too."""
    if recheck(blocks, expansion.origins, findings) is not Verdict.UNUSABLE:
        build_graph(parse_model(blocks["model"], findings), findings)


def check_extensions(
    spec: Spec, findings: Findings, import_extensions: ImportExtensions | None
) -> Spec:
    """Stage 5, after `parse_spec` and `build_graph`: import the extensions where that is allowed;
    otherwise report what is taken on trust."""
    if import_extensions and extensions_allowed() and spec.document.get("extensions"):
        return import_extensions(spec, findings)
    report_trust(spec, extension_objects(spec), findings)
    report_functions(spec, findings)
    return spec


def analyze_spec(spec: Spec, graph: Graph, findings: Findings) -> Analysis:
    """Stage 6: shapes, dtypes, weights and lints, and whether data and training fit the model."""
    policy = policy_of_spec(spec)
    analysis = analyze(graph, findings, policy)
    if not findings.has_errors:
        check_outside_training(graph, analysis, policy, findings)
        if analysis.has_open_sizes:
            _check_sizes(analysis, policy, findings)
    check_sections(spec, analysis, policy, findings)
    return analysis


def _check_sizes(analysis: Analysis, policy: Policy | None, findings: Findings) -> None:
    """Few models leave a size open; the first imports what tries some."""
    from modelspec.analysis.sizes import check_open_sizes

    check_open_sizes(analysis, policy, findings)


def policy_of_spec(spec: Spec) -> Policy | None:
    """The dtype policy that `training.precision` names; None for Keras's default."""
    precision = spec.training.precision if spec.training is not None else None
    return named_policy(precision) if precision is not None else None


def _is_mapping(document: Any, name: str, findings: Findings) -> bool:
    if isinstance(document, LocatedDict):
        return True
    span = getattr(document, "span", None) or Span(name, 1, 1, 1, 1)
    message = "a spec is a mapping that begins with `modelspec: 1`"
    hint = ""
    if str(span.file).lower().endswith((".csv", ".tsv", ".parquet", ".jsonl", ".txt")):
        hint = f"write a spec for it: modelspec init --data {span.file} --target COLUMN"
    findings.error(span, "not-a-spec", message, hint=hint)
    return False
