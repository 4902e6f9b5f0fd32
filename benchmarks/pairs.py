"""Whole processes timed in turn, so that what else the machine does meets all of them."""

from __future__ import annotations

import os
import statistics
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

QUIET = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}


class Timed(NamedTuple):
    """One process: its wall time in seconds, and what it printed."""

    seconds: float
    output: str


def timed(command: Sequence[str | Path], folder: Path) -> Timed:
    """Run a command in a folder to its end; one that fails ends the benchmark."""
    began = time.perf_counter()
    done = subprocess.run(
        list(map(str, command)), cwd=folder, env=QUIET, capture_output=True, text=True, check=False
    )
    seconds = time.perf_counter() - began
    if done.returncode:
        raise SystemExit(f"{' '.join(map(str, command))}\n{done.stdout}\n{done.stderr}")
    return Timed(seconds, done.stdout)


def in_turn(jobs: Mapping[str, Callable[[int], Timed]], rounds: int) -> dict[str, list[Timed]]:
    """Every job once a round; each is given the number of the round."""
    found: dict[str, list[Timed]] = {name: [] for name in jobs}
    for number in range(rounds):
        for name, job in jobs.items():
            found[name].append(job(number))
            print(f"  round {number + 1}: {name} {found[name][-1].seconds:.2f} s", flush=True)
    return found


def ratio(found: Mapping[str, Sequence[Timed]], ours: str, peer: str) -> float:
    """The median of the ratios, pair by pair."""
    pairs = zip(found[ours], found[peer], strict=True)
    return statistics.median(one.seconds / two.seconds for one, two in pairs)


def median(found: Sequence[Timed]) -> float:
    """Seconds."""
    return statistics.median(one.seconds for one in found)
