"""Train a spec file, or resume a run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from modelspec.compile import CompiledSpec
from modelspec.diagnostics import UsageError
from modelspec.runs import has_begun
from modelspec.spec import divided_among, refuse_changes
from modelspec.spec.extensions import (
    extensions_allowed,
    permit_extensions,
)

from .building import (
    GivenSpec,
    build_opened,
    open_recorded,
    open_spec,
    require_allowed_extensions,
    require_weights,
)
from .fetching import fetch_data_sets
from .given_data import keep_data
from .spec_dicts import plain_dict
from .workers import AS_WRITTEN, WORKER, TrainRequest, begin_engine

if TYPE_CHECKING:
    from modelspec.runs import RecordedSpec
    from modelspec.training import GroupPlan, Member, Run, RunGroup, TrainingOptions

OpenSpec = Callable[[Mapping[str, Any]], CompiledSpec]
"""From overrides to the compiled spec that has them."""


def train(  # noqa: PLR0913  # all but the first by name, as options are
    source: GivenSpec | None = None,
    *,
    data: Any = None,
    resume: Path | str | None = None,
    output: Path | str | None = None,
    overrides: Mapping[str, Any] | None = None,
    force: bool = False,
    command: str = "",
    log_format: str = "auto",
    fetch: bool = False,
    resume_existing: bool = False,
    allow_extensions: bool = False,
    pause_after: int | None = None,
    workers: int | Literal["auto"] | None = None,
    launcher: str = "local",
    retries: int | None = None,
    gpus: int | None = None,
    cpus: int | None = None,
) -> Run | RunGroup:
    """Fit the model of a spec file to its data, and write a run folder.

    With `data.folds` one model is trained per fold, into the subfolders `fold-1`, `fold-2` ...;
    with `training.seeds` one per seed, into `seed-0`, `seed-1` ...

    Args:
        source: a spec with `data` and `training`, as a path or a dict. A resumed run knows its own.
        data: rows to train on in place of `data.train`: a data frame, a dict of arrays, a list of
            dicts, or these by the names of splits. They are kept in parquet files beside the run.
        resume: the folder of a run to continue from its last checkpoint.
        output: the run folder; by default the first free one of runs/NAME, runs/NAME-2, ...
        overrides: dotted paths to values, as `--set` gives them.
        force: replace the run in the folder.
        command: the command that started the training, for the run's records.
        log_format: how progress is shown on standard error: "auto" is a progress bar on a
            terminal and otherwise "lines", one per epoch; "json" is one object per event and line.
        fetch: first fetch the data sets that the spec names, where Keras's cache lacks them.
        resume_existing: resume the run that is in `output` already, if one is; one that is complete
            is left as it is.
        allow_extensions: import the modules that the spec names, which runs their code.
        pause_after: leave the training after so many epochs of all its phases, to be resumed; see
            `TrainingOptions`. The weights at its end are those of a training that never paused.
        workers: how many processes divide each batch; "auto" takes all GPUs of this machine, and
            without several of them one process. By default the spec says it.
        launcher: what starts them: "local" on this machine, or "ray".
        retries: how often Ray begins the workers anew after a lost one; by default 3.
        gpus: of each worker of Ray; by default 0.
        cpus: of each worker of Ray; by default 1.

    Raises:
        SpecError: the spec or its data has errors.
        UsageError: the folder is taken, or the run to resume is complete.
        CannotRunError: TensorFlow is missing, disk or memory is not enough, or a worker was lost.
        modelspec.training.InterruptedRunError: a signal stopped the training.
    """
    given = {"retries": retries, "gpus": gpus, "cpus": cpus}
    options = {name: value for name, value in given.items() if value is not None}
    with ExitStack() as stack:
        if data is not None:
            kept = keep_data(source, data, output, overrides, force=force)
            overrides, output = stack.enter_context(kept)
        request = train_request(
            source,
            resume=resume,
            output=output,
            overrides=overrides,
            force=force,
            command=command,
            log_format=log_format,
            fetch=fetch,
            resume_existing=resume_existing,
            allow_extensions=allow_extensions,
            pause_after=pause_after,
        )
        run = train_requested(request, workers, launcher, **options)
    from .workers import with_models

    return with_models(run)


def train_request(
    source: GivenSpec | None = None,
    *,
    resume: Path | str | None = None,
    output: Path | str | None = None,
    overrides: Mapping[str, Any] | None = None,
    allow_extensions: bool = False,
    pause_after: int | None = None,
    **more: Any,
) -> TrainRequest:
    """The arguments of `train` as another process can have them, checked against each other.

    Raises:
        UsageError: they do not go together.
    """
    if resume is None and source is None:
        raise UsageError("give a spec to train, or a run to resume")
    if pause_after is not None and pause_after < 1:
        raise UsageError(f"`pause_after` must be at least 1, got {pause_after}")
    spec: str | dict[str, Any] | None = None
    if source is not None:
        spec = plain_dict(source) if isinstance(source, Mapping) else str(source)
    return TrainRequest(
        spec,
        None if resume is None else str(resume),
        None if output is None else str(output),
        dict(overrides or {}),
        allow_extensions=allow_extensions or extensions_allowed(),
        pause_after=pause_after,
        **more,
    )


def train_requested(
    request: TrainRequest, workers: int | str | None = None, launcher: str = "local", **options: int
) -> Run | RunGroup:
    """Do what `train` does; with several workers the models of the result are left out.

    Args:
        request: what is trained.
        workers: see `train`.
        launcher: see `train`.
        options: of the launcher "ray", see `train`.

    Raises:
        What `train` does.
    """
    run = _train_by(request, workers, launcher, options)
    from .reports import write_wanted_report

    write_wanted_report(run)
    return run


def _train_by(
    request: TrainRequest, workers: int | str | None, launcher: str, options: Mapping[str, int]
) -> Run | RunGroup:
    """Train in this process, or have others do it."""
    if launcher == "local" and options:
        raise UsageError(f'{", ".join(options)}: only with the launcher "ray"')
    if workers in (None, 1, "auto") and launcher == "local":
        return _train_here(request, AS_WRITTEN if workers is None else str(workers))
    if not isinstance(workers, int) or workers < 1:
        raise UsageError(f'workers must be a number of at least 1, or "auto", got {workers!r}')
    from .workers import train_with_workers

    return train_with_workers(request, workers, launcher, **options)


def train_as_worker(request: TrainRequest, workers: int) -> Run | RunGroup:
    """Train in one of several processes, which TF_CONFIG names; raises what `train` does.

    Args:
        request: the same in all of them.
        workers: how many there are.
    """
    with divided_among(workers):
        return _train_here(request, WORKER)


def _train_here(request: TrainRequest, engine: str) -> Run | RunGroup:
    """Train in this process, which may be one of several.

    Args:
        request: what is trained.
        engine: what divides the batches, see `begin_engine`.
    """
    from modelspec.framework import start_keras

    with permit_extensions(request.allow_extensions):
        if request.resume is not None:
            return _resume(Path(request.resume), request, engine)
        if request.resume_existing and request.output is not None:
            if has_begun(Path(request.output)):
                return _resume_or_load(Path(request.output), request, engine)
            request = replace(request, force=True)  # what ended before it began is no run to keep
        assert request.source is not None
        source = request.source
        compiled = open_spec(source, request.overrides).require_expectations()
        require_allowed_extensions(compiled)
        require_weights(compiled)
        start_keras()
        if request.fetch:
            fetch_data_sets(compiled.spec)
        begin_engine(compiled.spec, engine)
        from modelspec.training import TrainingOptions, plan_of

        options = TrainingOptions(
            None if request.output is None else Path(request.output),
            request.force,
            overrides=dict(request.overrides),
            command=request.command,
            log_format=request.log_format,
            pause_after=request.pause_after,
        )
        plan = plan_of(compiled.spec)
        if plan is None:
            return _train(compiled, options)
        return _train_group(compiled, plan, options, lambda more: open_spec(source, more))


def train_opened(
    compiled: CompiledSpec, output: Path, *, force: bool, command: str, log_format: str = "auto"
) -> Run:
    """Train a compiled spec in this process; raises what `train` does.

    Args:
        compiled: the spec, of one run: it has no folds and seeds left open.
        output: the run folder.
        force: replace the run in the folder.
        command: the command that started the training.
        log_format: how progress is shown.
    """
    from modelspec.framework import start_keras

    require_allowed_extensions(compiled.require_expectations())
    require_weights(compiled)
    start_keras()
    begin_engine(compiled.spec, AS_WRITTEN)
    from modelspec.training import TrainingOptions

    options = TrainingOptions(output, force, command=command, log_format=log_format)
    return _train(compiled, options)


def _train(compiled: CompiledSpec, options: TrainingOptions) -> Run:
    """Build and fit the model of a spec."""
    from modelspec.building import extension_scope
    from modelspec.training import set_seed, train_spec

    set_seed(compiled.spec)
    with extension_scope(compiled.spec):
        return train_spec(compiled.spec, compiled.graph, build_opened(compiled), options)


def _train_group(
    compiled: CompiledSpec, plan: GroupPlan, options: TrainingOptions, open_with: OpenSpec
) -> RunGroup:
    """Train one run per fold or seed, each as if the spec named it."""
    from modelspec.training import train_group

    def train_one(member: Member, path: Path) -> Run:
        return _train_member(member, path, options, open_with)

    return train_group(compiled.spec, plan, options, train_one)


def _train_member(member: Member, path: Path, options: TrainingOptions, open_with: OpenSpec) -> Run:
    overrides = {**options.overrides, **member.overrides}
    own = replace(options, output=path, force=path.exists(), overrides=overrides, resume=False)
    return _train(open_with(overrides).require_expectations(), own)


def _resume_or_load(run: Path, request: TrainRequest, engine: str) -> Run | RunGroup:
    """Resume a run; one that is complete is opened."""
    from modelspec.training import NothingLeftError, load_complete_member

    try:
        return _resume(run, replace(request, loads_complete=True), engine)
    except NothingLeftError:
        return load_complete_member(run, request.log_format)


def _resume(run: Path, request: TrainRequest, engine: str) -> Run | RunGroup:
    """Resume a run with its spec as it is now, which may differ only in what `refuse_changes` lets
    pass.

    The overrides of the run still apply. Of a run with folds or seeds, unfinished ones are resumed
    and missing ones are trained.

    Raises: what `train` does.
    """
    from modelspec.framework import start_keras

    start_keras()
    from modelspec.training import TrainingOptions, plan_of

    record, compiled = open_to_resume(run, request)
    overrides = {**record.overrides, **request.overrides}

    def open_with(more: Mapping[str, Any]) -> CompiledSpec:
        return open_recorded(run, record, request.source, more)

    require_allowed_extensions(compiled.require_expectations())
    begin_engine(compiled.spec, engine, resumes=True)
    options = TrainingOptions(
        run,
        force=True,
        command=request.command,
        overrides=overrides,
        log_format=request.log_format,
        resume=True,
        pause_after=request.pause_after,
    )
    plan = plan_of(compiled.spec)
    if plan is not None:
        return _resume_group(compiled, plan, options, open_with, request, engine)
    same = record.has_callbacks(compiled.spec)
    return _train(compiled, replace(options, same_callbacks=same))


def open_to_resume(
    run: Path,
    request: TrainRequest,
    open_file: Callable[[GivenSpec, Mapping[str, Any]], CompiledSpec] = open_spec,
) -> tuple[RecordedSpec, CompiledSpec]:
    """The spec of a run as it began, and as it is now with errors at what must not have changed."""
    from modelspec.runs import read_recorded_spec

    record = read_recorded_spec(run)
    overrides = {**record.overrides, **request.overrides}
    compiled = open_recorded(run, record, request.source, overrides, open_file)
    refuse_changes(record.document, compiled.spec, compiled.findings)
    return record, compiled


def _resume_group(
    compiled: CompiledSpec,
    plan: GroupPlan,
    options: TrainingOptions,
    open_with: OpenSpec,
    request: TrainRequest,
    engine: str,
) -> RunGroup:
    """Resume the members that were started, and train the others."""
    from modelspec.training import (
        NothingLeftError,
        load_complete_member,
        train_group,
        unfinished_members,
    )

    assert options.output is not None
    try:
        begun, left = unfinished_members(options.output, compiled.spec, plan)
    except NothingLeftError:
        if not request.loads_complete:
            raise
        begun, left = set(), set()

    def train_one(member: Member, path: Path) -> Run:
        if member.folder not in left:
            return load_complete_member(path, options.log_format)
        if member.folder not in begun:
            return _train_member(member, path, options, open_with)
        run: Any = _resume(path, request, engine)  # the run of a member has no members itself
        resumed: Run = run
        return resumed

    return train_group(compiled.spec, plan, options, train_one)
