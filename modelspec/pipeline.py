"""The stages in order: text, document, schema, expansion, spec, graph. The first file to read."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Any

from modelspec.analysis import Analysis, Policy, analyze, named_policy
from modelspec.analysis.sections import check_sections
from modelspec.diagnostics import (
    FAULTY,
    Finding,
    Findings,
    Span,
    SpecError,
    exit_code_of,
    few_searches,
)
from modelspec.document import STDIN, LocatedDict, hear, load, read
from modelspec.graph import Graph, build_graph
from modelspec.report import known_codes
from modelspec.schema import Verdict, check
from modelspec.spec import (
    Expansion,
    Spec,
    allowing,
    apply_overrides,
    declared_in,
    expand,
    extend,
    extension_objects,
    extensions_allowed,
    parse_model,
    parse_spec,
    recheck,
    report_functions,
    report_trust,
)

Source = str | os.PathLike[str]


@dataclass(frozen=True, slots=True)
class Opened:
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

    def hold(self) -> Opened:
        """The same, for what is to be built or trained.

        Raises:
            SpecError: an expectation of the spec is missed.
        """
        if self.findings.has_errors:
            raise SpecError(self.findings.sorted())
        return self


def validate_files(
    sources: Sequence[Source],
    overrides: Mapping[str, Any] | None = None,
    *,
    processes: int | None = 1,
    build: bool = False,
    data: bool = False,
    smoke: bool = False,
) -> list[Finding]:
    """All findings of several spec files, in the order of the files; "-" is standard input.

    Args:
        sources: paths.
        overrides: dotted paths to values, as `--set` gives them.
        processes: how many may work at once; None is one for each core. More than one is used
            only where it saves time. The calling script then needs `if __name__ == "__main__":`.
        build: also build each model, in this process alone, as `validate_file` does.
        data: also check the data files.
        smoke: also take a step of training with each, in this process alone.

    Raises:
        CannotRunError: a process died, or TensorFlow is missing.
    """
    found: list[list[Finding]] = []
    started = monotonic()
    for number, source in enumerate(sources):
        left = sources[number:]
        if (
            processes != 1
            and not build
            and not smoke
            and _pays(monotonic() - started, number, len(left))
            and STDIN not in left
        ):
            from modelspec.processes import cores, map_in_processes

            job = partial(validate_file, overrides=overrides, data=data)
            found += map_in_processes(job, left, processes or cores())
            break
        found.append(validate_file(source, overrides, build=build, data=data, smoke=smoke))
    return [finding for findings in found for finding in findings]


WARM_UP = 0.1
"""Seconds after which it is asked whether more processes would help."""

WORTH = 0.5
"""Seconds of work left that make it worth while to start processes. On two cores they save time
from 0.3 on; on busy ones later."""


def _pays(elapsed: float, done: int, left: int) -> bool:
    """Whether what is left would take so long that starting processes saves time."""
    return done > 0 and elapsed > WARM_UP and elapsed / done * left > WORTH


def validate_file(
    source: Source,
    overrides: Mapping[str, Any] | None = None,
    *,
    build: bool = False,
    smoke: bool = False,
    allow_extensions: bool = False,
    data: bool = False,
) -> list[Finding]:
    """All findings of one spec file; an empty list says that it is sound.

    Args:
        source: a path; "-" is standard input.
        overrides: dotted paths to values, as `--set` gives them.
        build: also build the model with Keras, and hold the analysis to it.
        smoke: also take one step of training on synthetic data.
        allow_extensions: import the modules that the spec names, which runs their code.
        data: also check the columns, types and labels of the data files.

    Raises:
        CannotRunError: TensorFlow is needed for the model or its extensions, and is missing.
    """
    with allowing(allow_extensions):
        more = {"build": build, "data": data, "smoke": smoke}
        return _validate_file(source, overrides, more)


def _validate_file(
    source: Source, overrides: Mapping[str, Any] | None, more: Mapping[str, bool]
) -> list[Finding]:
    if more["build"] or more["smoke"]:
        from modelspec.building import start

        start()
    if str(source) == STDIN:
        return validate_text(sys.stdin.read(), "<stdin>", None, overrides, **more)
    findings = Findings()
    text = read(Path(source), findings)
    if text is None:
        return findings.sorted()
    return validate_text(text, str(source), Path(source), overrides, **more)


@few_searches()
def validate_text(  # noqa: PLR0913 - each check is asked for by itself
    text: str,
    name: str,
    path: Path | None = None,
    overrides: Mapping[str, Any] | None = None,
    *,
    build: bool = False,
    data: bool = False,
    smoke: bool = False,
) -> list[Finding]:
    """All findings of a text, which they call `name`; `path` is where it lies, if in a file.

    `overrides`, `build`, `data` and `smoke` are those of `validate_file`.
    """
    findings = Findings()
    opened = open_text(text, name, path, findings, overrides)
    if build and opened is not None:
        from modelspec.building.agreement import hold_to_keras

        hold_to_keras(opened.spec, opened.analysis, findings)
    if data and opened is not None and opened.spec.data is not None:
        from modelspec.check_data import check_data

        check_data(opened.spec, opened.analysis, findings)
    if smoke and opened is not None and not findings.has_errors:
        from modelspec.training.smoke import try_step

        try_step(opened.spec, opened.graph, findings)
    return hear(findings.sorted(), text, name, known_codes)


def open_spec(source: Source, overrides: Mapping[str, Any] | None = None) -> Opened:
    """Read one spec file and bring it through all stages.

    Args:
        source: the path of a YAML or JSON file.
        overrides: dotted paths to values, as `--set` gives them.

    An expectation that is missed is among the findings and no reason to look at nothing;
    `Opened.hold` refuses it.

    Raises:
        SpecError: the spec has faults; all of them are in it.
    """
    path = Path(source)
    findings = Findings()
    text = read(path, findings)
    opened = None
    if text is not None:
        opened = open_text(text, str(path), path, findings, overrides)
    if opened is None:
        raise SpecError(findings.sorted())
    return opened


@few_searches()
def open_text(
    text: str,
    name: str,
    path: Path | None,
    findings: Findings,
    overrides: Mapping[str, Any] | None = None,
) -> Opened | None:
    """Bring a text through all stages; None where a stage found an error."""
    document = read_document(text, name, findings, overrides or {})
    if document is None:
        return None
    declared = declared_in(document)
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
    if exit_code_of(findings) == FAULTY:  # an expectation that is missed stops no one who looks
        return None
    return Opened(spec, graph, analysis, text, findings)


def _policy(spec: Spec) -> Policy | None:
    """The dtype policy of the whole model, where it is one of Keras's names."""
    precision = spec.training.precision if spec.training is not None else None
    return named_policy(precision) if precision is not None else None


_ORDER = (Verdict.UNUSABLE, Verdict.INCOMPLETE, Verdict.MENDED, Verdict.SOUND)
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
    from modelspec.building.extension_functions import with_functions
    from modelspec.building.extensions import use_extensions

    use_extensions(spec, objects, findings)
    return with_functions(spec, findings)


def _written_out(expansion: Expansion, document: LocatedDict, findings: Findings) -> Verdict:
    """What the schema says of a document and its blocks once they are written out."""
    if expansion.blocks is not None:
        verdict = recheck(expansion.blocks, expansion.origins, findings)
        if verdict is not Verdict.UNUSABLE:
            build_graph(parse_model(expansion.blocks["model"], findings), findings)
    if expansion.document is document:
        return Verdict.SOUND
    return recheck(expansion.document, expansion.origins, findings)


def build(
    source: Source,
    overrides: Mapping[str, Any] | None = None,
    *,
    allow_extensions: bool = False,
) -> Any:
    """The real model of a spec file: a `tf.keras.Sequential` or a `tf.keras.Model`.

    Args:
        source: the path of a YAML or JSON file.
        overrides: dotted paths to values, as `--set` gives them.
        allow_extensions: import the modules that the spec names, which runs their code.

    Raises:
        SpecError: the spec has faults, or Keras refuses a layer; the findings say where.
        CannotRunError: TensorFlow is not installed.
    """
    with allowing(allow_extensions):
        return build_opened(open_spec(source, overrides))


def build_opened(opened: Opened) -> Any:
    """The real model of a spec that is open already; raises as `build` does."""
    from modelspec.building import build_model

    opened.hold()
    model = build_model(opened.spec, opened.graph, opened.findings)
    if model is None:
        said = opened.findings.sorted()  # what may not run is not taken on trust as well
        raise SpecError([finding for finding in said if finding.code != "extension-on-trust"])
    return model


def is_spec(document: Any, name: str, findings: Findings) -> bool:
    """Whether the top of a document is a mapping; a finding where it is not."""
    if isinstance(document, LocatedDict):
        return True
    span = getattr(document, "span", None) or Span(name, 1, 1, 1, 1)
    message = "a spec is a mapping that begins with `modelspec: 1`"
    findings.error(span, "not-a-spec", message)
    return False
