"""Whole programs, timed in turn."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple


class Run(NamedTuple):
    """One run of a program: seconds from its start to its end, its peak of memory in MB, and the
    seconds that it and its children had a core, which a busy machine changes less."""

    seconds: float
    peak: float
    cpu: float


def with_bytecode(folder: Path) -> dict[str, str]:
    """An environment in which modelspec is compiled once, as `pip install` does it."""
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": str(folder), "TF_CPP_MIN_LOG_LEVEL": "3"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    return environment


def run(command: list[str], environment: dict[str, str]) -> Run:
    """Run a program; a program that fails ends the benchmark with what it said."""
    begin = time.perf_counter()
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        assert process.stdout is not None
        said = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(said[-2000:])
    return Run(time.perf_counter() - begin, usage.ru_maxrss / 1e3, usage.ru_utime + usage.ru_stime)
