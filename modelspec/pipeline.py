"""The stages in order: text, document, schema, expansion, spec, graph. The first file to read."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

from modelspec.analysis import Analysis, Policy, analyze, memory_of, named_policy
from modelspec.analysis.lints import run_lints
from modelspec.analysis.losses import check_losses
from modelspec.diagnostics import Finding, Findings, Span, SpecError, UsageError
from modelspec.document import STDIN, LocatedDict, find_one, hear, load, read
from modelspec.graph import Graph, build_graph
from modelspec.report import Summary, known_codes, summary_of
from modelspec.schema import Verdict, check
from modelspec.spec import (
    Expansion,
    Spec,
    apply_overrides,
    declared_in,
    expand,
    expanded_text,
    extend,
    extension_objects,
    extensions_allowed,
    parse_model,
    parse_spec,
    recheck,
    report_trust,
)

if TYPE_CHECKING:
    from modelspec.training import Miss, Run

DEFAULT_BATCH_SIZE = 32

Source = str | os.PathLike[str]


@dataclass(frozen=True, slots=True)
class Opened:
    """A spec that has passed every stage that needs no TensorFlow.

    Attributes:
        spec: the typed spec.
        graph: its model's graph.
        analysis: the shapes, dtypes, weights and FLOPs of the graph.
        text: the file as written.
        findings: warnings and notes.
    """

    spec: Spec
    graph: Graph
    analysis: Analysis
    text: str
    findings: Findings


def validate_files(
    sources: Sequence[Source],
    overrides: Mapping[str, Any] | None = None,
    *,
    processes: int | None = 1,
) -> list[Finding]:
    """All findings of several spec files, in the order of the files; "-" is standard input.

    Args:
        sources: paths.
        overrides: dotted paths to values, as `--set` gives them.
        processes: how many may work at once; None is one for each core. More than one is used
            only where it saves time. The calling script then needs `if __name__ == "__main__":`.

    Raises:
        CannotRunError: a process died.
    """
    found: list[list[Finding]] = []
    started = monotonic()
    for number, source in enumerate(sources):
        left = sources[number:]
        if processes != 1 and _pays(monotonic() - started, number, len(left)) and STDIN not in left:
            from modelspec.processes import cores, map_in_processes

            job = partial(validate_file, overrides=overrides)
            found += map_in_processes(job, left, processes or cores())
            break
        found.append(validate_file(source, overrides))
    return [finding for findings in found for finding in findings]


WARM_UP = 0.1
"""Seconds after which it is asked whether more processes would help."""

WORTH = 0.5
"""Seconds of work left that make it worth while to start processes. On two cores they save time
from 0.3 on; on busy ones later."""


def _pays(elapsed: float, done: int, left: int) -> bool:
    """Whether what is left would take so long that starting processes saves time."""
    return done > 0 and elapsed > WARM_UP and elapsed / done * left > WORTH


def validate_file(source: Source, overrides: Mapping[str, Any] | None = None) -> list[Finding]:
    """All findings of one spec file; an empty list says that it is sound."""
    if str(source) == STDIN:
        return validate_text(sys.stdin.read(), "<stdin>", overrides=overrides)
    findings = Findings()
    text = read(Path(source), findings)
    if text is None:
        return findings.sorted()
    return validate_text(text, str(source), Path(source), overrides)


def validate_text(
    text: str,
    name: str,
    path: Path | None = None,
    overrides: Mapping[str, Any] | None = None,
) -> list[Finding]:
    """All findings of a text, which they call `name`; `path` is where it lies, if in a file."""
    findings = Findings()
    open_text(text, name, path, findings, overrides)
    return hear(findings.sorted(), text, name, known_codes)


def open_spec(source: Source, overrides: Mapping[str, Any] | None = None) -> Opened:
    """Read one spec file and bring it through all stages.

    Args:
        source: the path of a YAML or JSON file.
        overrides: dotted paths to values, as `--set` gives them.

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
    check_extensions(spec, findings)
    if graph is None or findings.error_count > before:  # names or edges that mislead the analysis
        return None
    analysis = analyze(graph, findings, _policy(spec))
    if not findings.has_errors:
        check_losses(spec, analysis, findings)
    if not findings.has_errors:  # a model at fault is no model to advise on
        run_lints(spec, analysis, findings)
    if findings.has_errors:
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


def check_extensions(spec: Spec, findings: Findings) -> None:
    """Import the extensions where that is allowed; else say what is taken on trust."""
    objects = extension_objects(spec)
    if not extensions_allowed() or not spec.document.get("extensions"):
        report_trust(spec, objects, findings)
        return
    from modelspec.building.extensions import use_extensions

    use_extensions(spec, objects, findings)


def _written_out(expansion: Expansion, document: LocatedDict, findings: Findings) -> Verdict:
    """What the schema says of a document and its blocks once they are written out."""
    if expansion.blocks is not None:
        verdict = recheck(expansion.blocks, expansion.origins, findings)
        if verdict is not Verdict.UNUSABLE:
            build_graph(parse_model(expansion.blocks["model"], findings), findings)
    if expansion.document is document:
        return Verdict.SOUND
    return recheck(expansion.document, expansion.origins, findings)


def expand_file(
    source: Source, overrides: Mapping[str, Any] | None = None, *, folder: Path | None = None
) -> str:
    """A spec file written out, as YAML text: no blocks, params and repeats, and all defaults.

    Args:
        source: the path of the spec.
        overrides: dotted paths to values, as `--set` gives them.
        folder: where the text will stand, if elsewhere; relative paths then lead from there.

    Raises:
        SpecError: the spec has faults.
    """
    return expanded_text(open_spec(source, overrides).spec, folder)


def convert_file(
    source: Source,
    to: str,
    output: Path | str | None = None,
    *,
    overrides: Mapping[str, Any] | None = None,
    force: bool = False,
) -> str:
    """The YAML text of a spec file with its model in the other form.

    Args:
        source: the path of the spec.
        to: "sequential" or "functional".
        output: the file to write, if any; relative paths in the text lead from its folder.
        overrides: dotted paths to values, as `--set` gives them.
        force: overwrite the file.

    Raises:
        SpecError: the spec has faults, or its graph is no chain and cannot become a stack.
        UsageError: there is no such form, or the file exists.
    """
    from modelspec.document.emit import emit
    from modelspec.graph.convert import FORMS, convert, move_paths

    if to not in FORMS:
        raise UsageError(f"a model is {' or '.join(FORMS)}, got {to}")
    opened = open_spec(source, overrides)
    document = convert(opened.spec, opened.graph, to, opened.findings)
    if document is None:
        raise SpecError(opened.findings.sorted())
    path = None if output is None else Path(output)
    if path is not None and opened.spec.path is not None:
        move_paths(document, opened.spec.path.parent, path.parent)
    text = emit(document)
    if path is not None:
        from modelspec.export import write_file

        write_file(path, lambda draft: draft.write_text(text, encoding="utf-8"), force=force)
    return text


def build(source: Source, overrides: Mapping[str, Any] | None = None) -> Any:
    """The real model of a spec file: a `tf.keras.Sequential` or a `tf.keras.Model`.

    Raises:
        SpecError: the spec has faults, or Keras refuses a layer; the findings say where.
        CannotRunError: TensorFlow is not installed.
    """
    return build_opened(open_spec(source, overrides))


def build_opened(opened: Opened) -> Any:
    """The real model of a spec that is open already; raises as `build` does."""
    from modelspec.building import build_model

    model = build_model(opened.spec, opened.graph, opened.findings)
    if model is None:
        raise SpecError(opened.findings.sorted())
    return model


def summarize(
    source: Source,
    overrides: Mapping[str, Any] | None = None,
    *,
    batch_size: int | None = None,
    expand: bool = False,
) -> Summary:
    """The layers of a spec's model, with their shapes, parameters, FLOPs and memory.

    Args:
        source: a spec file.
        overrides: dotted paths to values, as `--set` gives them.
        batch_size: the examples that the memory is for; by default the spec's `data.batch_size`,
            or 32.
        expand: give the layers of nested models rows of their own.

    Raises:
        SpecError: the spec has faults.
    """
    opened = open_spec(source, overrides)
    spec = opened.spec
    size = batch_size or (spec.data.batch_size if spec.data is not None else DEFAULT_BATCH_SIZE)
    optimizer = spec.training.optimizer if spec.training is not None else None
    memory = memory_of(opened.analysis, size, optimizer)
    return summary_of(spec.name, opened.analysis, memory, expand=expand)


def train(
    source: Source,
    *,
    output: Path | str | None = None,
    overrides: Mapping[str, Any] | None = None,
    force: bool = False,
    command: str = "",
) -> Run:
    """Fit the model of a spec file to its data, into a run folder.

    Args:
        source: a spec with `data` and `training`.
        output: the run folder; by default the first free one of runs/NAME, runs/NAME-2, ...
        overrides: dotted paths to values, as `--set` gives them.
        force: replace the run that is in the folder.
        command: what started the training, for the run's records.

    Raises:
        SpecError: the spec or its data has faults.
        UsageError: the folder is taken.
        CannotRunError: TensorFlow is missing, or disk or memory is not enough.
        modelspec.training.InterruptedRunError: a signal came.
    """
    from modelspec.building import start

    opened = open_spec(source, overrides)
    start()
    from modelspec.training import Order, set_seed, train_spec

    set_seed(opened.spec)
    where = Path(output) if output is not None else None
    order = Order(where, force, command, dict(overrides or {}))
    return train_spec(opened.spec, opened.graph, build_opened(opened), order)


def evaluate(
    run: Run | Path | str, data: Path | str | None = None
) -> tuple[dict[str, float], list[Miss]]:
    """Measure a run on its test split or on a file; the values, and what is missed."""
    from modelspec.building import start

    start()
    from modelspec.training import evaluate_run, missed_by

    where = Path(run) if isinstance(run, str) else run
    measured = evaluate_run(where, None if data is None else Path(data))
    return measured, missed_by(where, measured) if data is None else []


def predict(
    run: Run | Path | str,
    data: Path | str,
    output: Path | str | None = None,
    *,
    force: bool = False,
) -> dict[str, Any]:
    """Predict for every row of a file; columns by name, see `modelspec.training.predict_run`."""
    from modelspec.building import start

    start()
    from modelspec.training import predict_run

    where = Path(run) if isinstance(run, str) else run
    return predict_run(where, Path(data), None if output is None else Path(output), force=force)


EXPORTS = ("keras", "json", "python")
"""The formats of `export`; a test holds them to the table of `modelspec.export`."""


def export(
    source: Source | Run | None,
    form: str,
    output: Path | str | None = None,
    *,
    overrides: Mapping[str, Any] | None = None,
    force: bool = False,
) -> Path:
    """Write the model of a spec file (with fresh weights) or of a run in another format.

    Formats that hold no weights and need no TensorFlow are written from the spec, a run's too.

    Raises:
        SpecError, UsageError, CannotRunError: as `build` does; also where the file exists.
    """
    from modelspec.export import FORMATS, write_model, write_spec

    suffix = FORMATS[form].suffix
    if FORMATS[form].write_spec is not None:
        opened, name = _spec_of(source, overrides)
        path = Path(output) if output is not None else Path(name + suffix)
        return write_spec(opened.spec, opened.graph, form, path, force=force)
    from modelspec.building import start

    model, name = _model_of(source, overrides)
    start()
    path = Path(output) if output is not None else Path(name + suffix)
    return write_model(model, form, path, force=force)


def _spec_of(
    source: Source | Run | None, overrides: Mapping[str, Any] | None
) -> tuple[Opened, str]:
    if source is None or (isinstance(source, (str, os.PathLike)) and not Path(source).is_dir()):
        opened = open_spec(find_one(None if source is None else str(source)), overrides)
        return opened, opened.spec.name
    if overrides:
        raise UsageError("a trained run is what it is; --set takes a spec")
    folder = Path(source) if isinstance(source, (str, os.PathLike)) else source.path
    file = folder / "spec.expanded.yaml"
    if not file.is_file():
        raise UsageError(f"{folder} is no run folder: it has no {file.name}")
    return open_spec(file), folder.resolve().name


def _model_of(source: Source | Run | None, overrides: Mapping[str, Any] | None) -> tuple[Any, str]:
    if source is not None and not isinstance(source, (str, os.PathLike)):
        return source.model, source.path.name
    if source is not None and Path(source).is_dir():
        if overrides:
            raise UsageError("a trained run is what it is; --set takes a spec")
        from modelspec.building import start

        start()
        from modelspec.training.reopen import reopen

        opened = reopen(Path(source))
        return opened.model, Path(source).resolve().name
    spec = open_spec(find_one(None if source is None else str(source)), overrides)
    return build_opened(spec), spec.spec.name


def is_spec(document: Any, name: str, findings: Findings) -> bool:
    """Whether the top of a document is a mapping; a finding where it is not."""
    if isinstance(document, LocatedDict):
        return True
    span = getattr(document, "span", None) or Span(name, 1, 1, 1, 1)
    message = "a spec is a mapping that begins with `modelspec: 1`"
    findings.error(span, "not-a-spec", message)
    return False
