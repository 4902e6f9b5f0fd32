"""Starting the workers of a training: the spec is checked and the folder chosen before."""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from modelspec.api.building import GivenSpec, open_text
from modelspec.api.spec_dicts import DICT, text_of_dict
from modelspec.compile import CompiledSpec, compile_file
from modelspec.diagnostics import UsageError
from modelspec.local_workers import WorkerGroup
from modelspec.processes import map_in_processes
from modelspec.runs import RunFile, choose_folder, has_begun
from modelspec.spec import divided_among
from modelspec.spec.extensions import permit_extensions

from .request import TrainRequest

if TYPE_CHECKING:
    from modelspec.training import Run, RunGroup

PROCESS = "modelspec.api.workers.process"

STDIN = "-"


def train_locally(request: TrainRequest, workers: int) -> Run | RunGroup:
    """Train with so many processes on this machine.

    Returns:
        The run as the chief has it, or those of all folds or seeds, without their models.

    Raises:
        What `train` does; `modelspec.local_workers.LostWorkerError` where a process has ended.
    """
    from modelspec.training import InterruptedRunError
    from modelspec.training.workers import gpu_environment

    request, run = _prepared(request, workers)

    def advice() -> str:
        return _advice(run, workers)

    job = {"request": request.to_dict(), "workers": workers}
    group = WorkerGroup((sys.executable, "-m", PROCESS), workers, advice, gpu_environment)
    try:
        run_of_chief: Run | RunGroup = group.run(job)
        return run_of_chief
    except KeyboardInterrupt:
        saved = run if _is_resumable(run) else None
        number = group.received or signal.SIGINT
        raise InterruptedRunError(number, saved, workers) from None
    except InterruptedRunError as error:
        raise InterruptedRunError(error.signal, error.run, workers) from None


def train_by_ray(request: TrainRequest, workers: int, **options: int) -> Run | RunGroup:
    """Train with so many processes that Ray starts.

    Args:
        request: as for `train_locally`.
        workers: how many.
        options: `retries`, `gpus` and `cpus`, see `modelspec.ray_workers.RayTraining`.

    Raises:
        What `train` does; CannotRunError where Ray is missing, or workers were lost too often.
    """
    from modelspec.ray_workers import RayTraining, train_with_ray

    request, run = _prepared(request, workers)
    paths: dict[str, Any] = {
        name: None if path is None else str(Path(path).absolute())
        for name, path in request.paths.items()
    }
    job = replace(request, **paths).to_dict()
    run_of_chief: Run | RunGroup = train_with_ray(
        RayTraining(job, ("-m", PROCESS), run.absolute(), workers, **options)
    )
    return run_of_chief


LAUNCHERS: dict[str, Callable[..., Any]] = {"local": train_locally, "ray": train_by_ray}
"""By the name that `--launcher` takes: from a request and the number of workers to the run."""


def _prepared(request: TrainRequest, workers: int) -> tuple[TrainRequest, Path]:
    """The request for the workers, once the spec is checked and the folder chosen; the folder."""
    if request.source == STDIN:
        message = "a spec from standard input can be read once, and each worker reads it"
        raise UsageError(f"{message}: write it to a file")
    existing = request.resume_existing and request.output is not None
    if existing and has_begun(Path(str(request.output))):
        run = _checked(replace(request, resume=request.output), workers)
    else:
        run = _checked(replace(request, force=request.force or existing), workers)
    if request.fetch:
        map_in_processes(_fetch, [json.dumps([request.source, request.overrides])], 1)
    if request.resume is None:
        request = replace(request, output=str(run), fetch=False)
    return request, run


def train_with_workers(
    request: TrainRequest, workers: int, launcher: str = "local", **options: int
) -> Run | RunGroup:
    """Train with several workers; the models of the result are left out.

    Args:
        request: what is trained.
        workers: how many.
        launcher: one of `LAUNCHERS`.
        options: of the launcher, see `train_by_ray`.

    Raises:
        What `train` does; UsageError for an unknown launcher.
    """
    if launcher not in LAUNCHERS:
        raise UsageError(f"launcher must be one of {', '.join(LAUNCHERS)}, got {launcher!r}")
    run: Run | RunGroup = LAUNCHERS[launcher](request, workers, **options)
    return run


def _open_trusting(source: GivenSpec, overrides: Mapping[str, Any]) -> CompiledSpec:
    """A spec whose extensions are not imported here: the workers do that."""
    if isinstance(source, Mapping):
        return open_text(text_of_dict(source), DICT, None, overrides)
    return compile_file(source, overrides)


def _checked(request: TrainRequest, workers: int) -> Path:
    """Report the errors of a spec once, before any worker starts; the run folder.

    Raises:
        SpecError: the spec has errors.
        UsageError: the folder is taken, or holds no run.
    """
    from modelspec.api.building import require_allowed_extensions, require_weights
    from modelspec.api.training import open_to_resume

    with permit_extensions(request.allow_extensions), divided_among(workers):
        if request.resume is not None:
            _, compiled = open_to_resume(Path(request.resume), request, _open_trusting)
        else:
            assert request.source is not None
            compiled = _open_trusting(request.source, request.overrides)
        compiled.require_expectations()
        require_allowed_extensions(compiled)
    training = compiled.spec.training
    written = None if training is None else training.distribute
    if written is not None and not written.is_multi_worker:
        message = f"`distribute: {written.engine}` divides batches within one process"
        raise UsageError(f"{message}: leave out --workers, or remove the key")
    if request.resume is not None:
        return Path(request.resume)
    require_weights(compiled)
    output = None if request.output is None else Path(request.output)
    return choose_folder(output, compiled.spec.name, force=request.force)


def _fetch(text: str) -> None:
    """Fetch the data sets of a spec, once for all workers, in a process that may start TensorFlow.

    Args:
        text: the path of the spec and the overrides, as JSON.
    """
    from modelspec.api.building import open_spec
    from modelspec.api.fetching import fetch_data_sets

    source, overrides = json.loads(text)
    fetch_data_sets(open_spec(source, overrides).spec)


def with_models(run: Run | RunGroup) -> Run | RunGroup:
    """The result of a training, with the models that are in its folders where it has none."""
    from modelspec.training import Run

    if not isinstance(run, Run):
        members: Any = tuple(map(with_models, run.runs))
        return replace(run, runs=members)
    if run.model is not None or run.paused_after is not None:
        return run
    from modelspec.framework import start_keras

    start_keras()
    from modelspec.training import reopen

    return replace(run, model=reopen(run.path).model)


def _advice(run: Path, workers: int) -> str:
    """What to do when a worker was lost."""
    if _is_resumable(run):
        command = f"modelspec train --resume {run} --workers {workers}"
        return f"the run can be resumed with: {command}"
    return "nothing was saved yet"


def _is_resumable(run: Path) -> bool:
    """Whether a run, or that of a fold or seed, has saved a state."""
    states = (RunFile.LAST_STATE, RunFile.PREVIOUS_STATE)
    return any((run / name).exists() or any(run.glob(f"*/{name}")) for name in states)
