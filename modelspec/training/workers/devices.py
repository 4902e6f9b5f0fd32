"""Which GPU each of several processes of one machine takes. Needs no TensorFlow."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

VISIBLE = "CUDA_VISIBLE_DEVICES"
GROWTH = "TF_FORCE_GPU_ALLOW_GROWTH"


def gpus() -> list[str]:
    """The GPUs of this machine as CUDA names them; those that the environment allows."""
    given = os.environ.get(VISIBLE)
    if given is not None:
        return [name.strip() for name in given.split(",") if name.strip()]
    files = Path("/dev").glob("nvidia[0-9]*")
    return [str(number) for number in range(len(list(files)))]


def gpu_environment(worker: int) -> dict[str, str]:
    """What the environment of a worker has of GPUs: they take them in turn, and none takes all of
    the memory of one.

    Args:
        worker: its number.
    """
    found = gpus()
    if not found:
        return {}
    return {GROWTH: os.environ.get(GROWTH, "true"), VISIBLE: found[worker % len(found)]}


def take_gpu(environment: Mapping[str, str]) -> None:
    """Take a GPU in this process, unless TensorFlow has taken all of them already."""
    if "tensorflow" not in sys.modules:
        os.environ.update(environment)
