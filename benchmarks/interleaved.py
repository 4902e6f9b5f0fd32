"""Whole processes timed in turn, so that what else the machine does touches all alike."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence


def seconds(command: Sequence[str]) -> tuple[float, str]:
    """How long a process takes from start to end, and its last line."""
    begin = time.perf_counter()
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    if done.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")
    return time.perf_counter() - begin, (done.stdout.split("\n") or [""])[-2]


def race(commands: Mapping[str, Sequence[str]], rounds: int) -> dict[str, list[float]]:
    """Name to the seconds of each round; one process at a time, all of them in each round."""
    times: dict[str, list[float]] = {name: [] for name in commands}
    for number in range(rounds):
        for name, command in commands.items():
            taken, last = seconds(command)
            times[name].append(taken)
            print(f"round {number + 1}: {name} {taken:.2f} s  {last}", flush=True)
    return times


def ratio(times: Mapping[str, Sequence[float]], own: str, peer: str) -> float:
    """The median of `own` by the median of `peer`."""
    return statistics.median(times[own]) / statistics.median(times[peer])
