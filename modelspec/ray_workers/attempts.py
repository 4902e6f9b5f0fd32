"""The attempts of a training: before each, Ray Train's controller tells the workers what to do.

Imports Ray: import this module only where it is needed.
"""

from __future__ import annotations

import json
import os
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import ray
from ray.train.backend import Backend, BackendConfig

from modelspec.cluster import VARIABLE, Cluster
from modelspec.runs import has_begun, is_locked

from .board import call
from .worker import JOB, end_child

END = 15.0
"""Seconds that a worker has to end when another one is lost."""

FREE = 90.0
"""Seconds that an attempt waits until the worker of the last one has left the run folder."""


@dataclass
class Attempts(BackendConfig):  # type: ignore[misc]  # Ray has no types
    """What Ray Train's controller knows of a training; it runs on the machine that asked for it.

    Attributes:
        request: of the first attempt, as `TrainRequest.to_dict` gives it.
        workers: how many there are.
        board: the actor.
        begun: how many attempts there have been.
    """

    request: Mapping[str, Any]
    workers: int
    board: Any
    begun: int = field(default=0)

    @property
    def backend_cls(self) -> type[Backend]:
        """Ray Train's hooks."""
        return WorkerHooks

    def next_job(self) -> dict[str, Any] | None:
        """What each worker of the next attempt is given; None where the training has ended."""
        self.begun += 1
        if call(self.board.outcome) is not None:
            return None
        request = dict(self.request)
        if self.begun > 1:
            run = Path(request["resume"] or request["output"])
            _wait_until_free(run)
            call(self.board.say, f"Ray begins all workers anew, for attempt {self.begun}")
            if has_begun(run):
                request |= {"resume": str(run), "output": None, "force": False}
            else:
                request["force"] = True
        return {"request": request, "workers": self.workers}


def _wait_until_free(run: Path) -> None:
    end = time.monotonic() + FREE
    while is_locked(run) and time.monotonic() < end:
        time.sleep(0.5)


class WorkerHooks(Backend):  # type: ignore[misc]  # Ray has no types
    """Addresses, ranks and the job of each worker."""

    def on_start(self, worker_group: Any, backend_config: Attempts) -> None:
        """Tell each process of an attempt who it is."""
        addresses = tuple(worker_group.execute(free_address))
        job = json.dumps(backend_config.next_job())
        told = [
            worker_group.execute_single_async(
                rank, tell, {VARIABLE: Cluster(addresses, rank).to_text(), JOB: job}
            )
            for rank in range(len(addresses))
        ]
        ray.get(told)

    def on_shutdown(self, worker_group: Any, _: Attempts) -> None:
        """End the children of the processes that Ray is about to end."""
        ends = [
            worker_group.execute_single_async(rank, end_child, END)
            for rank in range(len(worker_group))
        ]
        ray.wait(ends, num_returns=len(ends), timeout=2 * END)


def free_address() -> str:
    """An address of this machine that others reach, with a port that is free now."""
    with socket.socket() as one:
        one.bind(("", 0))
        port = one.getsockname()[1]
    host = ray.util.get_node_ip_address()
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def tell(variables: Mapping[str, str]) -> None:
    """Set variables of the environment of a process of Ray."""
    os.environ.update(variables)
