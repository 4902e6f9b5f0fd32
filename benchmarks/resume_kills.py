"""Trainings that SIGKILL ends at random moments, and what they come to when they are resumed.

    python -m benchmarks.resume_kills [--runs 20] [--seed 1] [--spec kills.yaml]

One run is left alone. Each of the others is killed up to three times, at moments drawn from the
whole of its time, and resumed by `modelspec train --resume`. The bound: every one ends with the
same weights, optimizer state, history, metrics and kept epochs, bit for bit. The model has
normalization, batch normalization, dropout, Adam with a schedule and EMA, early stopping and
shuffling (training/kills.yaml). With `--spec augment.yaml` it learns from images that
`data.augment` changes and mixes, with `--spec tokens.yaml` from texts whose tokens are learned, and
with `--spec phases.yaml` in two phases, of which either is killed.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import io
import json
import random
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from modelspec.training.fit import RESUMED

from .processes import quiet
from .train_mlp import write_table

SPECS = Path(__file__).parent / "training"
TRAIN = [sys.executable, "-m", "modelspec", "train"]
SPEC_NAMES = ("kills.yaml", "augment.yaml", "phases.yaml", "tokens.yaml")
MOST_KILLS = 3
STARTING = 4.0
"""Seconds in which TensorFlow alone starts: before them there is nothing to kill."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--spec", choices=SPEC_NAMES, default=SPEC_NAMES[0])
    given = parser.parse_args()
    chance = random.Random(given.seed)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_table(folder / "table.csv", 4000)
        write_images(folder / "images.npz", 600)
        write_sums(folder / "sums.csv", 1200)
        (folder / given.spec).write_text((SPECS / given.spec).read_text())
        began = time.monotonic()
        ended(folder, [*TRAIN, given.spec, "-o", "whole"], None)
        whole, length = facts(folder / "whole"), time.monotonic() - began
        print(f"left alone: {length:.1f} s, {len(whole['history'])} epochs")
        same = 0
        for number in range(given.runs):
            run = folder / f"run-{number}"
            kills = killed(folder, run, given.spec, chance, length)
            equal = facts(run) == whole
            same += equal
            at = ", ".join(f"{seconds:.1f} s" for seconds in kills)
            found = "the same" if equal else "NOT the same"
            print(f"run {number + 1}: killed after {at}; {resumed(run)}: {found}", flush=True)
            shutil.rmtree(run)
    print(f"{same} of {given.runs} ended as the one that was left alone")
    return 0 if same == given.runs else 1


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


def killed(folder: Path, run: Path, spec: str, chance: random.Random, length: float) -> list[float]:
    """Train to the end in spite of kills; the seconds after which they came."""
    command = [*TRAIN, spec, "-o", run.name]
    limits: list[float] = []
    for _ in range(chance.randint(1, MOST_KILLS)):
        limits.append(chance.uniform(STARTING, length))
        if ended(folder, command, limits[-1]) or is_complete(run):
            return limits
        command = [*TRAIN, "--resume", run.name]
        if not (run / "data.json").is_file():  # it had not begun: no run, or too little of one
            command = [*TRAIN, spec, "-o", run.name, "--force"]
    ended(folder, command, None)
    return limits


def is_complete(run: Path) -> bool:
    """Whether a run had ended when its process was killed on its way out."""
    status = run / "run.json"
    return status.is_file() and json.loads(status.read_bytes())["status"] == "complete"


def ended(folder: Path, command: list[str], limit: float | None) -> bool:
    """Whether the process came to its end; after `limit` seconds it is killed."""
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=quiet(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        output, _ = process.communicate(timeout=limit)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        return False
    if process.returncode:
        raise SystemExit(f"{' '.join(command)}: {process.returncode}\n{output}")
    return True


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


def resumed(run: Path) -> str:
    """After how much the trainings were resumed, by the run's log."""
    lines = (run / "train.log").read_text(encoding="utf-8").splitlines()
    places = [line.partition(RESUMED)[2] for line in lines if RESUMED in line]
    if not places:
        return "it had ended, or began anew"
    return f"{RESUMED}{', then after '.join(places)}"


if __name__ == "__main__":
    sys.exit(main())
