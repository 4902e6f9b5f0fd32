"""The process that asks Ray for workers. It starts no TensorFlow."""

from __future__ import annotations

import os
import re
import shutil
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from modelspec.diagnostics import CannotRunError
from modelspec.local_workers import FAILED, unpacked
from modelspec.processes import stops_handled

from .board import Board, WorkerOutcome, call

POLL = 0.5
"""Seconds between two looks at the board."""


@dataclass(frozen=True, slots=True)
class RayTraining:
    """What Ray is asked for.

    Attributes:
        request: of the training, as `TrainRequest.to_dict` gives it, with absolute paths.
        command: the words behind the Python that start the process of a worker.
        run: the run folder, which all machines see.
        workers: how many.
        retries: how often all begin anew after a lost one.
        gpus: of each worker.
        cpus: of each worker.
    """

    request: Mapping[str, Any]
    command: Sequence[str]
    run: Path
    workers: int
    retries: int = 3
    gpus: int = 0
    cpus: int = 1


def train_with_ray(training: RayTraining) -> Any:
    """Train with workers that Ray starts, on the cluster of RAY_ADDRESS or on this machine.

    Returns:
        What the chief's training gave.

    Raises:
        CannotRunError: Ray is missing, or workers were lost more often than `retries`.
        ModelspecError: as the training of a worker raised it.
    """
    ray = _import_ray()
    was_there = ray.is_initialized()
    if not was_there:
        _connect(ray, training)
    try:
        return _train(ray, training)
    finally:
        shutil.rmtree(_storage(training), ignore_errors=True)
        if not was_there:
            ray.shutdown()


def _import_ray() -> Any:
    os.environ.setdefault("RAY_TRAIN_V2_ENABLED", "1")
    os.environ.setdefault("RAY_CHDIR_TO_TRIAL_DIR", "0")
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
    try:
        import ray
        import ray.train
    except ImportError as error:
        message = "--launcher ray needs Ray Train"
        raise CannotRunError(f"{message}: pip install 'keras-modelspec[ray]' ({error})") from error
    return ray


def _connect(ray: Any, training: RayTraining) -> None:
    """Connect to the cluster that there is; without one, start one of this machine."""
    quiet = {"log_to_driver": False, "logging_level": "ERROR"}
    try:
        ray.init(address=os.environ.get("RAY_ADDRESS", "auto"), **quiet)
    except ConnectionError as error:
        if "RAY_ADDRESS" in os.environ:
            raise CannotRunError(f"the Ray cluster of RAY_ADDRESS: {error}") from error
        needed = training.workers * training.cpus
        cores = max(os.cpu_count() or 1, needed)
        ray.init(address="local", num_cpus=cores, include_dashboard=False, **quiet)


def _storage(training: RayTraining) -> Path:
    """Where Ray Train keeps its records while it runs, beside the run folder."""
    return training.run.with_name(f".{training.run.name}.ray")


def _train(ray: Any, training: RayTraining) -> Any:
    from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

    here = NodeAffinitySchedulingStrategy(ray.get_runtime_context().get_node_id(), soft=False)
    board = ray.remote(Board).options(num_cpus=0, scheduling_strategy=here).remote()
    failed: list[BaseException] = []

    def fit() -> None:
        try:
            _trainer(training, board).fit()
        except BaseException as error:
            failed.append(error)

    thread = threading.Thread(target=fit, daemon=True)
    with stops_handled(_passed_on_to(board)):
        thread.start()
        while thread.is_alive():
            thread.join(POLL)
            _show(call(board.take_lines))
    _show(call(board.take_lines))
    return _result(call(board.outcome), failed)


def _trainer(training: RayTraining, board: Any) -> Any:
    from ray.train import FailureConfig, RunConfig, ScalingConfig
    from ray.train.v2.api.data_parallel_trainer import DataParallelTrainer

    from .attempts import Attempts
    from .worker import run_worker

    storage = _storage(training)
    storage.mkdir(parents=True, exist_ok=True)
    resources = {"CPU": training.cpus, **({"GPU": training.gpus} if training.gpus else {})}
    return DataParallelTrainer(
        run_worker,
        train_loop_config={"board": board, "command": list(training.command)},
        backend_config=Attempts(training.request, training.workers, board),
        scaling_config=ScalingConfig(
            num_workers=training.workers,
            use_gpu=training.gpus > 0,
            resources_per_worker=resources,
        ),
        run_config=RunConfig(
            name="modelspec",
            storage_path=str(storage),
            failure_config=FailureConfig(max_failures=training.retries),
        ),
    )


def _show(lines: Sequence[tuple[int, str]]) -> None:
    """Print what the chief printed, and of the others what matters, under their names."""
    for rank, line in lines:
        if rank == 0 or line.strip():
            print(line if rank == 0 else f"worker {rank}: {line}", file=sys.stderr, flush=True)


def _result(outcome: WorkerOutcome | None, failed: Sequence[BaseException]) -> Any:
    if outcome is None:
        text = str(failed[0]).strip() if failed else "it gave no result"
        told = re.search(r"worker \d+ (was killed by|ended with|failed:) .*", text)
        reason = told[0] if told else text.splitlines()[-1] if text else repr(failed[0])
        raise CannotRunError(f"Ray ended the training: {reason}")
    value = unpacked(outcome.content)
    if outcome.event == FAILED:
        error: BaseException = value
        raise error
    return value


def _passed_on_to(board: Any) -> Callable[[int], None]:
    """What passes a signal on to the workers, which save a checkpoint; the second one raises."""
    received: list[int] = []

    def handle(number: int) -> None:
        if received:
            raise KeyboardInterrupt
        received.append(number)
        board.pass_on.remote(number)

    return handle
