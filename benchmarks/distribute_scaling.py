"""Seconds and bytes of a training step by the number of workers and the size of the model.

    python -m benchmarks.distribute_scaling [--workers 1,2,4] [--widths 128,512,1024] [--rounds 1]

`modelspec train --workers N` of an MLP with four layers of a width, on random data in memory. Each
training runs twice, for one epoch and for several: the difference is that of steps alone, without
starting. Worker N has core N where the machine has so many; further workers share the cores, and
then compute no faster.

Bytes are those of the loopback device, counted in a network namespace of its own where `unshare`
may make one (elsewhere whatever the machine sends there counts too), against `summed` bytes of
`modelspec summarize --workers N` times 2 (N - 1): what all workers of a ring send. The bound is
10 % more, for the headers of packets and what the processes tell each other.
"""

from __future__ import annotations

import argparse
import csv
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

import numpy as np

import modelspec
from modelspec.machine import core_count

from .processes import quiet, run

LIMIT = 1.1

SPEC = """
modelspec: 1
params: {{width: {width}, batch: {batch}, epochs: 2}}
model:
  sequential:
    input: {{shape: ["${{width}}"]}}
    layers:
      - repeat: {{times: 4, layers: [Dense: {{units: "${{width}}", activation: relu}}]}}
      - Dense: {{units: 10, activation: softmax, name: kind}}
data: {{train: {{npz: train.npz}}, inputs: x, targets: kind, batch_size: "${{batch}}"}}
training:
  epochs: "${{epochs}}"
  optimizer: {{SGD: {{learning_rate: 0.01}}}}
  loss: sparse_categorical_crossentropy
"""

LOOPBACK = re.compile(r"^ *lo: +(\d+)", re.MULTILINE)

ALONE = ["unshare", "-rn", "sh", "-c"]

COUNTED = 'ip link set lo up; "$@"; code=$?; grep lo: /proc/net/dev; exit $code'
"""A command in a namespace of its own, and then what its loopback device has received."""


class Step(NamedTuple):
    """What a step took, and what all workers together sent."""

    seconds: float
    sent: float


class Bench:
    """Trainings of one model.

    Args:
        folder: an empty one.
        width: of the layers.
        batch: of all workers together.
        steps: of an epoch.
        epochs: of the longer one of two trainings.
    """

    def __init__(self, folder: Path, width: int, batch: int, steps: int, epochs: int) -> None:
        self.folder = folder
        self.steps = steps
        self.epochs = epochs
        (folder / "spec.yaml").write_text(SPEC.format(width=width, batch=batch))
        chance = np.random.default_rng(0)
        x = chance.normal(size=(batch * steps, width)).astype("float32")
        np.savez(folder / "train.npz", x=x, kind=chance.integers(0, 10, len(x), "int32"))

    def predicted(self, workers: int) -> int:
        """The bytes that all workers together send in a step."""
        found = modelspec.summarize(self.folder / "spec.yaml", workers=workers).to_dict()["workers"]
        return 2 * (workers - 1) * sum(found["summed_bytes"].values())

    def step(self, workers: int) -> Step:
        """That of a training with some workers."""
        _, before = self.train(workers, 1)
        seconds, after = self.train(workers, self.epochs)
        return Step(
            statistics.median(seconds[1:]) / self.steps,
            max(after - before, 0) / (self.steps * (self.epochs - 1)),
        )

    def train(self, workers: int, epochs: int) -> tuple[list[float], int]:
        """The seconds of each epoch, and the bytes on the loopback device."""
        cores = ",".join(map(str, range(min(workers, core_count()))))
        command = [sys.executable, "-m", "modelspec", "train", "spec.yaml", "-o", "run", "--force"]
        command += ["--workers", str(workers), "--set", f"params.epochs={epochs}"]
        command = [*(["taskset", "-c", cores] if shutil.which("taskset") else []), *command]
        if is_alone():
            said = run([*ALONE, COUNTED, "sh", *command], quiet(), self.folder).said
            counted = int(LOOPBACK.findall(said)[-1])
        else:
            begin = loopback()
            run(command, quiet(), self.folder)
            counted = loopback() - begin
        with (self.folder / "run" / "history.csv").open(encoding="utf-8") as file:
            return [float(row["seconds"]) for row in csv.DictReader(file)], counted


def is_alone() -> bool:
    """Whether a command can have a network namespace of its own."""
    try:
        done = subprocess.run([*ALONE, "ip link set lo up"], capture_output=True, check=False)
    except OSError:
        return False
    return done.returncode == 0


def loopback() -> int:
    """The bytes that this machine's loopback device has received; 0 where nobody tells."""
    table = Path("/proc/net/dev")
    return int(LOOPBACK.findall(table.read_text())[0]) if table.is_file() else 0


def main() -> int:
    given = options()
    print(f"{core_count()} cores; a batch of {given.batch}, {given.steps} steps an epoch")
    print("                                               bytes of a step, of all workers")
    print("     params  workers  ms a step  of one worker     measured    predicted")
    is_right = True
    for width in given.widths:
        with tempfile.TemporaryDirectory() as name:
            bench = Bench(Path(name), width, given.batch, given.steps, given.epochs)
            params = modelspec.summarize(Path(name) / "spec.yaml").params["total"]
            alone = None
            for workers in given.workers:
                found = [bench.step(workers) for _ in range(given.rounds)]
                seconds = statistics.median(step.seconds for step in found)
                sent = statistics.median(step.sent for step in found)
                alone = seconds if alone is None else alone
                predicted = bench.predicted(workers)
                is_right &= workers == 1 or predicted <= sent <= LIMIT * predicted
                print(
                    f"{params:11,} {workers:8} {1000 * seconds:10.2f} {seconds / alone:14.2f}"
                    f" {sent:12,.0f} {predicted:12,}",
                    flush=True,
                )
    return 0 if is_right else 1


def options() -> argparse.Namespace:
    def numbers(text: str) -> list[int]:
        return [int(part) for part in text.split(",")]

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--workers", type=numbers, default=[1, 2, 4])
    parser.add_argument("--widths", type=numbers, default=[128, 512, 1024])
    parser.add_argument("--batch", type=int, default=256)
    parser.add_argument("--steps", type=int, default=10)
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=1)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
