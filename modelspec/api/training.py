"""Training a spec file, going on with a run, and trying a step, as functions of paths."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from modelspec.compile import Source
from modelspec.diagnostics import UsageError
from modelspec.spec.extensions import permit_extensions

from .building import build_opened
from .fitting import go_on, has_folds, refuse, train_each, train_opened
from .opening import open_spec

if TYPE_CHECKING:
    from modelspec.training import Folds, Run


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
    from modelspec.framework import start_keras

    if resume is None and source is None:
        raise UsageError("give a spec to train, or a run to resume")
    where = Path(output) if output is not None else None
    told: dict[str, Any] = {"command": command, "log_format": log_format}
    with permit_extensions(allow_extensions):
        if resume is not None:
            return go_on(Path(resume), source, overrides, told)
        assert source is not None
        opened = open_spec(source, overrides).require_expectations()
        refuse(opened)
        start_keras()
        from modelspec.training import TrainingOptions

        order = TrainingOptions(where, force, overrides=dict(overrides or {}), **told)
        if not has_folds(opened):
            return train_opened(opened, order)
        return train_each(opened, order, lambda more: open_spec(source, more))


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
    from modelspec.building import extension_scope
    from modelspec.framework import start_keras

    with permit_extensions(allow_extensions):
        opened = open_spec(source, overrides).require_expectations()
        if has_folds(opened):
            opened = open_spec(source, {**(overrides or {}), "data.fold": 1}).require_expectations()
        refuse(opened)
        start_keras()
        from modelspec.training import set_seed, step_on_data

        set_seed(opened.spec)
        with extension_scope(opened.spec):
            return step_on_data(opened.spec, opened.graph, build_opened(opened))
