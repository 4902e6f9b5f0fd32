"""The machine that this process runs on, and the process itself."""

from __future__ import annotations

import gc
import os

ALLOCATIONS_UNTIL_COLLECTED = 100_000
"""Importing modules and reading a spec make many objects that stay. At Python's default of 700 the
collector walks over them again and again, a twentieth of the time of `modelspec validate`."""


class _Process:
    is_own = False


def core_count() -> int:
    """The processor cores that this process may use; at least 1."""
    affinity = getattr(os, "sched_getaffinity", None)  # macOS and Windows have none
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def own_process() -> None:
    """Take this process as modelspec's own, whose garbage is collected as suits its work."""
    _Process.is_own = True
    gc.set_threshold(ALLOCATIONS_UNTIL_COLLECTED)


def keep_what_is_loaded() -> None:
    """Let the collector no longer walk over what is in memory by now, in a process of modelspec's
    own: TensorFlow's 300,000 objects stay until it ends.

    In a notebook, what the user has made by now would never be collected.
    """
    if _Process.is_own:
        gc.freeze()


def shared_environment(processes: int) -> dict[str, str]:
    """The environment of one of several children: they share the cores, and none takes all of a
    GPU."""
    environment = dict(os.environ)
    if processes == 1:
        return environment
    threads = str(max(1, core_count() // processes))
    for name in ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "OMP_NUM_THREADS"):
        environment.setdefault(name, threads)
    environment.setdefault("TF_FORCE_GPU_ALLOW_GROWTH", "true")
    return environment
