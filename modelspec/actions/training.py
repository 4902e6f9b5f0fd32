"""Training a spec file, going on with a run, and trying a step, as functions of paths."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from modelspec.diagnostics import Findings, SpecError, UsageError
from modelspec.pipeline import Opened, Source, build_opened, open_spec, open_text
from modelspec.spec import allowing, refuse_changes, refuse_extensions, refuse_functions

if TYPE_CHECKING:
    from modelspec.training import Order, Run
    from modelspec.training.folds import Folds


def train(  # noqa: PLR0913  # all but the first by name, as options are
    source: Source | None = None,
    *,
    resume: Path | str | None = None,
    output: Path | str | None = None,
    overrides: Mapping[str, Any] | None = None,
    force: bool = False,
    command: str = "",
    log_format: str = "auto",
    allow_extensions: bool = False,
) -> Run | Folds:
    """Fit the model of a spec file to its data, into a run folder.

    With `data.folds` it is one model for each fold, into the folders `fold-1`, `fold-2` ... of it.

    Args:
        source: a spec with `data` and `training`. A run that is resumed knows its own.
        resume: the folder of a run that goes on from its last checkpoint.
        output: the run folder; by default the first free one of runs/NAME, runs/NAME-2, ...
        overrides: dotted paths to values, as `--set` gives them.
        force: replace the run that is in the folder.
        command: what started the training, for the run's records.
        log_format: how progress is shown on standard error: "auto" is a bar on a terminal and
            else "lines", one an epoch; "json" is an object on a line for each event.
        allow_extensions: import the modules that the spec names, which runs their code.

    Raises:
        SpecError: the spec or its data has faults.
        UsageError: the folder is taken, or the run to resume has nothing left to do.
        CannotRunError: TensorFlow is missing, or disk or memory is not enough.
        modelspec.training.InterruptedRunError: a signal came.
    """
    from modelspec.building import extension_scope, start

    if resume is None and source is None:
        raise UsageError("give a spec to train, or a run to resume")
    where = Path(output) if output is not None else None
    told: dict[str, Any] = {"command": command, "log_format": log_format}
    with allowing(allow_extensions):
        if resume is not None:
            return _resume(Path(resume), source, overrides, told)
        assert source is not None
        opened = open_spec(source, overrides).hold()
        _refuse(opened)
        start()
        from modelspec.training import Order, set_seed, train_spec

        order = Order(where, force, overrides=dict(overrides or {}), **told)
        if opened.spec.data is not None and opened.spec.data.folds and not opened.spec.data.fold:
            return _train_folds(source, opened, order)
        set_seed(opened.spec)
        with extension_scope(opened.spec):
            return train_spec(opened.spec, opened.graph, build_opened(opened), order)


def _train_folds(source: Source, opened: Opened, order: Order) -> Folds:
    """One run for each fold: as if the spec named the fold."""
    from dataclasses import replace

    from modelspec.building import extension_scope
    from modelspec.training import set_seed, train_spec
    from modelspec.training.folds import train_folds

    def train_one(number: int, path: Path) -> Run:
        overrides = {**order.overrides, "data.fold": number}
        chosen = open_spec(source, overrides).hold()
        own = replace(order, output=path, force=False, overrides=overrides)
        set_seed(chosen.spec)
        with extension_scope(chosen.spec):
            return train_spec(chosen.spec, chosen.graph, build_opened(chosen), own)

    assert opened.spec.data is not None and opened.spec.data.folds is not None
    return train_folds(opened.spec, opened.spec.data.folds, order, train_one)


def smoke(
    source: Source,
    overrides: Mapping[str, Any] | None = None,
    *,
    allow_extensions: bool = False,
) -> dict[str, float]:
    """Take one step of training on a spec's own data, and keep nothing; loss and metrics of it.

    Args:
        source: a spec with `data` and `training`.
        overrides: dotted paths to values, as `--set` gives them.
        allow_extensions: import the modules that the spec names, which runs their code.

    Raises:
        SpecError: the spec or its data has faults, or the loss is no number.
        CannotRunError: TensorFlow is missing, or memory is not enough.
    """
    from modelspec.building import extension_scope, start

    with allowing(allow_extensions):
        opened = open_spec(source, overrides).hold()
        if opened.spec.data is not None and opened.spec.data.folds and not opened.spec.data.fold:
            opened = open_spec(source, {**(overrides or {}), "data.fold": 1}).hold()
        _refuse(opened)
        start()
        from modelspec.training import set_seed
        from modelspec.training.one_step import one_step

        set_seed(opened.spec)
        with extension_scope(opened.spec):
            return one_step(opened.spec, opened.graph, build_opened(opened))


def _refuse(opened: Opened) -> None:
    """Refuse extensions that are not allowed before anything is built for them."""
    findings = Findings()
    for part in (opened.spec.model, opened.spec.training):
        refuse_extensions(opened.spec, part, findings)
    refuse_functions(opened.spec, findings)
    if findings.has_errors:
        raise SpecError(findings.sorted())


def _resume(
    run: Path, source: Source | None, overrides: Mapping[str, Any] | None, told: dict[str, Any]
) -> Run:
    """Go on with a run, by its spec as it is now, which may differ in what `refuse_changes` says.

    The overrides of the run hold on; new ones are added to them.
    """
    from modelspec.building import extension_scope, start

    start()
    from modelspec.training import Order, recorded, set_seed, train_spec

    record = recorded(run)
    changed = {**record.overrides, **(overrides or {})}
    file = record.spec if source is None else Path(source)
    if source is None and not file.is_file():  # the spec is gone: the run has all that it said
        findings = Findings()
        opened = open_text(record.text, str(run / record.NAME), file, findings, overrides)
        if opened is None:
            raise SpecError(findings.sorted())
    else:
        opened = open_spec(file, changed)
    refuse_changes(record.document, opened.spec, opened.findings)
    _refuse(opened.hold())
    set_seed(opened.spec)
    same = record.has_callbacks(opened.spec)
    order = Order(run, True, overrides=changed, resume=True, same_callbacks=same, **told)
    with extension_scope(opened.spec):
        return train_spec(opened.spec, opened.graph, build_opened(opened), order)
