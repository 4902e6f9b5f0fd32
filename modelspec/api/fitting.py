"""One training of an open spec, one for each of its folds, and going on with either."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from modelspec.compile import CompiledSpec, Source
from modelspec.diagnostics import Findings, SpecError
from modelspec.spec import refuse_changes
from modelspec.spec.extensions import refuse_extensions, refuse_functions

from .building import build_opened
from .opening import open_spec, open_text

if TYPE_CHECKING:
    from modelspec.runs import RecordedSpec
    from modelspec.training import Folds, Run, TrainingOptions

Open = Callable[[Mapping[str, Any]], CompiledSpec]
"""Overrides to the spec that has them."""

GoOn = Callable[[Path], Any]
"""The folder of a run to the run, gone on with."""

FOLD = "data.fold"


def has_folds(opened: CompiledSpec) -> bool:
    """Whether a spec is trained once for each of its folds."""
    data = opened.spec.data
    return data is not None and data.folds is not None and data.fold is None


def refuse(opened: CompiledSpec) -> None:
    """Refuse extensions that are not allowed before anything is built for them."""
    findings = Findings()
    for part in (opened.spec.model, opened.spec.training):
        refuse_extensions(opened.spec, part, findings)
    refuse_functions(opened.spec, findings)
    if findings.has_errors:
        raise SpecError(findings.sorted())


def train_opened(opened: CompiledSpec, order: TrainingOptions) -> Run:
    """Build and fit the model of a spec."""
    from modelspec.building import extension_scope
    from modelspec.training import set_seed, train_spec

    set_seed(opened.spec)
    with extension_scope(opened.spec):
        return train_spec(opened.spec, opened.graph, build_opened(opened), order)


def train_each(opened: CompiledSpec, order: TrainingOptions, open_with: Open) -> Folds:
    """One run for each fold: as if the spec named the fold."""
    from modelspec.training import train_folds

    def train_one(number: int, path: Path) -> Run:
        return _begin_fold(number, path, order, open_with)

    assert opened.spec.data is not None and opened.spec.data.folds is not None
    return train_folds(opened.spec, opened.spec.data.folds, order, train_one)


def _begin_fold(number: int, path: Path, order: TrainingOptions, open_with: Open) -> Run:
    overrides = {**order.overrides, FOLD: number}
    own = replace(order, output=path, force=path.exists(), overrides=overrides, resume=False)
    return train_opened(open_with(overrides).require_expectations(), own)


def go_on(
    run: Path, source: Source | None, overrides: Mapping[str, Any] | None, told: dict[str, Any]
) -> Run | Folds:
    """Go on with a run, by its spec as it is now, which may differ in what `refuse_changes` says.

    The overrides of the run hold on; new ones are added to them. Of a run with folds, those that
    are not complete are gone on with, or begun.

    Raises: what `modelspec.api.training.train` does.
    """
    from modelspec.framework import start_keras

    start_keras()
    from modelspec.runs import read_recorded_spec
    from modelspec.training import TrainingOptions

    record = read_recorded_spec(run)
    changed = {**record.overrides, **(overrides or {})}

    def open_with(more: Mapping[str, Any]) -> CompiledSpec:
        return _open_recorded(run, record, source, more)

    opened = open_with(changed)
    refuse_changes(record.document, opened.spec, opened.findings)
    refuse(opened.require_expectations())
    order = TrainingOptions(run, True, overrides=changed, resume=True, **told)
    if record.folds is not None:
        return _go_on_with_each(
            opened, order, open_with, lambda fold: go_on(fold, source, overrides, told)
        )
    return train_opened(opened, replace(order, same_callbacks=record.has_callbacks(opened.spec)))


def _open_recorded(
    run: Path, record: RecordedSpec, source: Source | None, overrides: Mapping[str, Any]
) -> CompiledSpec:
    """The spec of a run as it is now; where the file is gone, as the run has it."""
    file = record.spec if source is None else Path(source)
    if source is not None or file.is_file():
        return open_spec(file, overrides)
    old = record.overrides  # which are in the text
    more = {path: v for path, v in overrides.items() if path not in old or old[path] != v}
    from modelspec.runs import RunFile

    return open_text(record.text, str(run / RunFile.EXPANDED_SPEC), file, more)


def _go_on_with_each(
    opened: CompiledSpec, order: TrainingOptions, open_with: Open, go_on_with: GoOn
) -> Folds:
    """Go on with the folds that have begun, and begin the others."""
    from modelspec.training import load_complete_fold, train_folds, unfinished_folds

    assert order.output is not None
    begun, left = unfinished_folds(order.output, opened.spec)

    def train_one(number: int, path: Path) -> Run:
        if number not in left:
            return load_complete_fold(path, order.log_format)
        if number not in begun:
            return _begin_fold(number, path, order, open_with)
        run: Run = go_on_with(path)
        return run

    assert opened.spec.data is not None and opened.spec.data.folds is not None
    return train_folds(opened.spec, opened.spec.data.folds, order, train_one)
