"""The machine that this process runs on."""

from __future__ import annotations

import os


def core_count() -> int:
    """The processor cores that this process may use; at least 1."""
    affinity = getattr(os, "sched_getaffinity", None)  # macOS and Windows have none
    return len(affinity(0)) if affinity else os.cpu_count() or 1
