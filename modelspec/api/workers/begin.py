"""What divides the batches of the training in this process, decided before its model is built."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from modelspec.cluster import VARIABLE, cluster_of_environment, reached
from modelspec.diagnostics import CannotRunError, UsageError
from modelspec.spec import Spec
from modelspec.spec.training import MIRRORED, MULTI_WORKER, Distribution

if TYPE_CHECKING:
    from modelspec.training.engine import Engine

AS_WRITTEN, ALONE, AUTO, WORKER = "as written", "1", "auto", "worker"
"""What `begin_engine` takes: as `training.distribute` says; one process; all GPUs of this machine;
one of the processes that `train --workers N` started."""

LONG = 600.0
"""Seconds that a worker waits for others of this machine: the process that started them notices
sooner if one is lost."""


def begin_engine(spec: Spec, engine: str, *, resumes: bool = False) -> None:
    """Make the engine of this process; with several processes, once all of them are there.

    Args:
        spec: with `training`; without it nothing happens.
        engine: one of the constants above.
        resumes: whether this process resumes a run.

    Raises:
        UsageError: TF_CONFIG is missing or cannot be used.
        CannotRunError: a process cannot be reached, or one resumes a run and another does not.
    """
    if spec.training is None:
        return
    from modelspec.training.engine import engine_of

    distribution = _distribution(spec.training.distribute, spec, engine)
    if distribution is None or not distribution.is_multi_worker:
        engine_of(distribution)
        return
    cluster = cluster_of_environment()
    if cluster is None:
        message = f"`distribute: multi_worker` needs the environment variable {VARIABLE}, which a"
        hint = "--workers N starts N processes on this machine, and --workers 1 trains in this one"
        raise UsageError(f"{message} launcher sets: {hint}")
    text = cluster.to_text()
    if text not in _joined:
        _joined.add(text)
        os.environ[VARIABLE] = text
        with reached(cluster, LONG if engine == WORKER else distribution.timeout):
            pass  # TensorFlow listens there from now on
    _require_one_start(engine_of(distribution), resumes)


def _require_one_start(engine: Engine, resumes: bool) -> None:
    """Refuse to train where some processes see a run folder that others do not."""
    from modelspec.training.engine import gather_numbers

    sees = [bool(numbers[0]) for numbers in gather_numbers(engine, [float(resumes)])]
    if len(set(sees)) > 1:
        blind, seeing = sees.index(False), sees.index(True)
        message = f"worker {seeing} sees the run to resume, and worker {blind} does not"
        raise CannotRunError(f"{message}: the run folder must be on a disk that all of them see")


_joined: set[str] = set()
"""The clusters that this process is part of: at most one."""


def _distribution(written: Distribution | None, spec: Spec, engine: str) -> Distribution | None:
    """What divides the batches, by the spec and the command line."""
    assert spec.training is not None
    if engine == WORKER:
        is_written = written is not None and written.is_multi_worker
        return written if is_written else Distribution(MULTI_WORKER, spec.training.span)
    if engine == ALONE:
        return None if written is None or written.is_multi_worker else written
    if engine == AUTO:
        return _all_gpus(written, spec)
    return written


def _all_gpus(written: Distribution | None, spec: Spec) -> Distribution | None:
    """Those of this machine, if there are several."""
    import tensorflow as tf

    assert spec.training is not None
    count = len(tf.config.list_physical_devices("GPU"))
    if count > 1:
        mirrored = Distribution(MIRRORED, spec.training.span)
        return mirrored if written is None else replace(mirrored, span=written.span)
    found = "one GPU" if count else "no GPU"
    print(f"--workers auto: this machine has {found}, so one process trains", file=sys.stderr)
    return None
