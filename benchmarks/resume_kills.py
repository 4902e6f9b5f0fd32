"""Trainings that SIGKILL ends at random moments, and what they come to when they are resumed.

    python -m benchmarks.resume_kills [--runs 20] [--seed 1] [--spec kills.yaml] [--fork]

One run is left alone. Each of the others is killed up to three times, at moments drawn from the
whole of its processor time, and resumed by `modelspec train --resume`. The bound: every one ends
with the same weights, optimizer state, history, metrics and kept epochs, bit for bit. The model has
normalization, batch normalization, dropout, Adam with a schedule and EMA, early stopping and
shuffling (training/kills.yaml). With `--spec augment.yaml` it learns from images that
`data.augment` changes and mixes, with `--spec tokens.yaml` from texts whose tokens are learned, and
with `--spec phases.yaml` in two phases, of which either is killed; every third run is first killed
as the one has ended and the other begins.

With `--fork` each training is a copy of this process, which has imported TensorFlow once. Without
it each starts anew, with another seed for Python's hashes.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import io
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any, NamedTuple

import h5py
import numpy as np
import yaml

from modelspec.training.fit import RESUMED

from .processes import fork, quiet, spent
from .train_mlp import write_table

SPECS = Path(__file__).parent / "training"
SPEC_NAMES = ("kills.yaml", "augment.yaml", "phases.yaml", "tokens.yaml")
MOST_KILLS = 3
STARTING = 4.0
"""Seconds in which TensorFlow alone starts: before them there is nothing to kill."""
BETWEEN = 0.3
"""Seconds from the last line of a phase in the history to well into the next phase."""


class Moment(NamedTuple):
    """When a training is killed: it has logged so many epochs, and computed for so long since."""

    epochs: int
    seconds: float

    def __str__(self) -> str:
        epochs = f"{self.epochs} epochs and " if self.epochs else ""
        return f"{epochs}{self.seconds:.1f} s"


@dataclass(frozen=True)
class Trainings:
    """Trainings of one spec, as processes that can be killed.

    Attributes:
        folder: with the spec and its data; the current one.
        spec: the file's name.
        forks: whether they are copies of this process.
    """

    folder: Path
    spec: str
    forks: bool

    def begin(self, run: Path, moment: Moment | None) -> float | None:
        """Train anew; the seconds that it computed, or None if it was killed."""
        return self._wait(["train", self.spec, "-o", run.name, "--force"], run, moment)

    def resume(self, run: Path, moment: Moment | None) -> float | None:
        """Resume a training; the same."""
        return self._wait(["train", "--resume", run.name], run, moment)

    def _wait(self, arguments: list[str], run: Path, moment: Moment | None) -> float | None:
        said = self.folder / "said.txt"
        process = fork(lambda: self._modelspec(arguments), self.folder, said)
        began = 0.0
        while True:
            ended, status, usage = os.wait4(process, os.WNOHANG)
            if ended and status:
                raise SystemExit(f"{' '.join(arguments)}: {status}\n{said.read_text()}")
            if ended:
                return usage.ru_utime + usage.ru_stime
            now = spent(process)
            if moment is not None and epochs_of(run) < moment.epochs:
                began = now
            elif moment is not None and now - began >= moment.seconds:
                os.kill(process, signal.SIGKILL)
                os.waitpid(process, 0)
                return None
            time.sleep(0.01)

    def _modelspec(self, arguments: list[str]) -> int:
        if not self.forks:
            os.execve(sys.executable, [sys.executable, "-m", "modelspec", *arguments], quiet())
        from modelspec.cli import run

        sys.argv = ["modelspec", *arguments]
        return run(arguments)


def main() -> int:
    """Print a line for each run, and how many were resumed in which phase."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--spec", choices=SPEC_NAMES, default=SPEC_NAMES[0])
    parser.add_argument("--fork", action="store_true")
    given = parser.parse_args()
    chance = random.Random(given.seed)
    borders = borders_of(SPECS / given.spec)
    if given.fork:
        from modelspec.framework import start_keras

        start_keras()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_files(folder, given.spec)
        trainings = Trainings(folder, given.spec, given.fork)
        length = trainings.begin(folder / "whole", None)
        assert length is not None
        whole = facts(folder / "whole")
        print(f"left alone: {length:.1f} s, {len(whole['history'])} epochs", flush=True)
        same, where = 0, Counter[str]()
        for number in range(given.runs):
            run = folder / f"run-{number}"
            first = Moment(borders[0], chance.uniform(0, BETWEEN)) if number % 3 == 2 else None
            kills = killed(trainings, run, chance, length, first if len(borders) > 1 else None)
            equal = facts(run) == whole
            same += equal
            where.update(phase_of(place, borders) for place in places_of(run))
            found = "the same" if equal else "NOT the same"
            at = ", ".join(map(str, kills))
            print(f"run {number + 1}: killed after {at}; {resumed(run)}: {found}", flush=True)
            shutil.rmtree(run)
    print(f"{same} of {given.runs} ended as the one that was left alone")
    print("resumed:", ", ".join(f"{count} {place}" for place, count in sorted(where.items())))
    return 0 if same == given.runs else 1


def write_files(folder: Path, spec: str) -> None:
    """The spec, and the data of all of them."""
    write_table(folder / "table.csv", 4000)
    write_images(folder / "images.npz", 600)
    write_sums(folder / "sums.csv", 1200)
    (folder / spec).write_text((SPECS / spec).read_text())


def borders_of(spec: Path) -> list[int]:
    """How many epochs there are up to the end of each phase; of one without phases, all."""
    training = yaml.safe_load(spec.read_text(encoding="utf-8"))["training"]
    return list(accumulate(phase["epochs"] for phase in training.get("phases", [training])))


def phase_of(place: str, borders: Sequence[int]) -> str:
    """Where a training was resumed that had come so far: `30 epochs and 0 steps`."""
    words = place.split()
    epochs, steps = int(words[0]), int(words[3])
    if steps == 0 and epochs in borders[:-1]:
        return "between two phases"
    if steps == 0 and epochs == borders[-1]:
        return "at the end"
    return f"in phase {1 + sum(epochs >= border for border in borders[:-1])}"


def write_images(path: Path, count: int) -> None:
    """Noise with a bright quarter, which says the class."""
    chance = np.random.default_rng(0)
    kind = np.arange(count) % 4
    images = chance.uniform(0, 100, (count, 16, 16, 3)).astype(np.float32)
    for number, quarter in enumerate(kind):
        top, left = divmod(int(quarter), 2)
        images[number, 8 * top : 8 * top + 8, 8 * left : 8 * left + 8] += 60
    np.savez(path, image=images, kind=kind)


def write_sums(path: Path, count: int) -> None:
    """Numbers as digits and as the names of their digits."""
    names = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
    chance = random.Random(0)
    rows = ["digits,words"]
    for _ in range(count):
        digits = [chance.randrange(10) for _ in range(chance.randint(2, 6))]
        rows.append(f"n{''.join(map(str, digits))},{' '.join(names[digit] for digit in digits)}")
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")


def killed(
    trainings: Trainings, run: Path, chance: random.Random, length: float, first: Moment | None
) -> list[Moment]:
    """Train to the end in spite of kills; the moments at which they came.

    Args:
        trainings: of the spec.
        run: the run's folder.
        chance: draws how many there are, and their moments.
        length: the processor time of a training that is left alone.
        first: the first moment, if it is not drawn.
    """
    starting = 0.0 if trainings.forks else STARTING
    moments: list[Moment] = []
    train = trainings.begin
    for number in range(chance.randint(1, MOST_KILLS)):
        drawn = Moment(0, chance.uniform(starting, length))
        moments.append(first if first is not None and number == 0 else drawn)
        if train(run, moments[-1]) is not None or is_complete(run):
            return moments
        train = trainings.resume
        if not (run / "data.json").is_file():  # it had not begun: no run, or too little of one
            train = trainings.begin
    train(run, None)
    return moments


def is_complete(run: Path) -> bool:
    """Whether a run had ended when its process was killed on its way out."""
    status = run / "run.json"
    return status.is_file() and json.loads(status.read_bytes())["status"] == "complete"


def epochs_of(run: Path) -> int:
    """How many epochs a run has logged."""
    history = run / "history.csv"
    return max(0, history.read_bytes().count(b"\n") - 1) if history.is_file() else 0


def facts(run: Path) -> dict[str, Any]:
    """All that must be equal."""
    with (run / "history.csv").open(encoding="utf-8") as file:
        rows = [{k: v for k, v in row.items() if k != "seconds"} for row in csv.DictReader(file)]
    return {
        "weights": weights(run / "model.keras"),
        "history": rows,
        "metrics": json.loads((run / "metrics.json").read_text(encoding="utf-8")),
        "kept": sorted(path.name for path in (run / "checkpoints").glob("*.keras")),
    }


def weights(path: Path) -> str:
    """A hash over every array of a .keras file, the optimizer's too."""
    found = hashlib.sha256()

    def add(name: str, item: Any) -> None:
        if isinstance(item, h5py.Dataset):
            found.update(name.encode() + item[()].tobytes())

    with zipfile.ZipFile(path) as archive:
        content = io.BytesIO(archive.read("model.weights.h5"))
    with h5py.File(content) as file:
        file.visititems(add)
    return found.hexdigest()


def places_of(run: Path) -> list[str]:
    """After how much each training was resumed, by the run's log."""
    lines = (run / "train.log").read_text(encoding="utf-8").splitlines()
    return [line.partition(RESUMED)[2] for line in lines if RESUMED in line]


def resumed(run: Path) -> str:
    """The same as a sentence."""
    places = places_of(run)
    if not places:
        return "it had ended, or began anew"
    return f"{RESUMED}{', then after '.join(places)}"


if __name__ == "__main__":
    sys.exit(main())
