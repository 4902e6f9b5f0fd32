"""The stages in order: text -> document -> schema -> spec -> graph. The first file to read."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from modelspec.diagnostics import Finding, Findings, Span, SpecError, UsageError
from modelspec.document import STDIN, LocatedDict, find_one, load, read
from modelspec.graph import Graph, build_graph
from modelspec.report import Summary
from modelspec.schema import Verdict, check
from modelspec.spec import Spec, apply_overrides, parse_spec

if TYPE_CHECKING:
    from modelspec.training import Miss, Run

Source = str | os.PathLike[str]


@dataclass(frozen=True, slots=True)
class Opened:
    """A spec that has passed every stage that needs no TensorFlow.

    Attributes:
        spec: the typed spec.
        graph: its model's graph.
        text: the file as written.
        findings: warnings and notes.
    """

    spec: Spec
    graph: Graph
    text: str
    findings: Findings


def validate_files(
    sources: Sequence[Source], overrides: Mapping[str, Any] | None = None
) -> list[Finding]:
    """All findings of several spec files, in the order of the files; "-" is standard input."""
    found: list[Finding] = []
    for source in sources:
        found += validate_file(source, overrides)
    return found


def validate_file(source: Source, overrides: Mapping[str, Any] | None = None) -> list[Finding]:
    """All findings of one spec file; an empty list says that it is sound."""
    findings = Findings()
    if str(source) == STDIN:
        name, path, text = "<stdin>", None, sys.stdin.read()
    else:
        path = Path(source)
        name, text = str(source), read(path, findings)
    if text is not None:
        open_text(text, name, path, findings, overrides)
    return findings.sorted()


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
    document = load(text, name, findings)
    if document is None or not is_spec(document, name, findings):
        return None
    if overrides:
        apply_overrides(document, overrides, findings)
    verdict = check(document, findings)
    if verdict is Verdict.UNUSABLE:
        return None
    spec = parse_spec(document, path, findings)
    graph = build_graph(spec.model, findings, complete=verdict is not Verdict.INCOMPLETE)
    if graph is None or findings.has_errors:
        return None
    return Opened(spec, graph, text, findings)


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


def summarize(source: Source, overrides: Mapping[str, Any] | None = None) -> Summary:
    """The layers of a spec's model, with their shapes and parameters; raises as `build` does."""
    from modelspec.building import summarize_model

    opened = open_spec(source, overrides)
    return summarize_model(opened.spec, opened.graph, build_opened(opened))


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


EXPORTS = ("keras",)
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

    Raises:
        SpecError, UsageError, CannotRunError: as `build` does; also where the file exists.
    """
    from modelspec.building import start

    model, name = _model_of(source, overrides)
    start()
    from modelspec.export import FORMATS, write_model

    path = Path(output) if output is not None else Path(name + FORMATS[form].suffix)
    return write_model(model, form, path, force=force)


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
