"""`data.augment` against the same layers inside the model: the time of an epoch, runs in turn.

    python -m benchmarks.augment [--images 3000] [--epochs 5] [--rounds 3]

A small convolutional network on images of 32 by 32 in memory, where layers weigh most beside the
step. One model has the layers after its input and runs them in its step, the other has them in
`data.augment`. The first epoch, which compiles, is left out. The limit is 1.0.
"""

from __future__ import annotations

import argparse
import csv
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from .processes import quiet

LIMIT = 1.0

SPEC = """
modelspec: 1
model:
  sequential:
    input: {{shape: [32, 32, 3], name: image}}
    layers:{inside}
      - Rescaling: {{scale: "${{1 / 255}}"}}
      - Conv2D: {{filters: 32, kernel_size: 3, activation: relu}}
      - Conv2D: {{filters: 32, kernel_size: 3, strides: 2, activation: relu}}
      - Conv2D: {{filters: 64, kernel_size: 3, strides: 2, activation: relu}}
      - GlobalAveragePooling2D
      - Dense: {{units: 10, activation: softmax, name: kind}}
data:
  train: {{npz: images.npz}}
  inputs: {{image: image}}
  targets: {{kind: {{column: kind, labels: auto}}}}
  batch_size: 32
{augment}
training: {{epochs: {epochs}, optimizer: adam, loss: sparse_categorical_crossentropy}}
"""

SETS = {
    "a flip": ["RandomFlip: {mode: horizontal}"],
    "light": [
        "RandomFlip: {mode: horizontal}",
        "RandomTranslation: {height_factor: 0.1, width_factor: 0.1}",
    ],
    "many": [
        "RandomFlip: {mode: horizontal}",
        "RandomRotation: {factor: 0.05}",
        "RandomZoom: {height_factor: 0.1}",
        "RandomContrast: {factor: 0.2}",
    ],
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--images", type=int, default=3000)
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    ratios = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        chance = np.random.default_rng(0)
        images = chance.uniform(0, 255, (given.images, 32, 32, 3)).astype(np.float32)
        np.savez(folder / "images.npz", image=images, kind=np.arange(given.images) % 10)
        for called, layers in SETS.items():
            write_specs(folder, layers, given.epochs)
            rounds = [
                (epoch(folder, "augment"), epoch(folder, "inside")) for _ in range(given.rounds)
            ]
            ratios.append(statistics.median(mine / theirs for mine, theirs in rounds))
            shown = ", ".join(f"{mine:.2f} s and {theirs:.2f} s" for mine, theirs in rounds)
            print(f"{called}: {ratios[-1]:.2f} ({shown})", flush=True)
    return 0 if max(ratios) <= LIMIT else 1


def write_specs(folder: Path, layers: list[str], epochs: int) -> None:
    """The two specs of a set of layers."""
    inside = "".join(f"\n      - {layer}" for layer in layers)
    augment = "  augment:" + "".join(f"\n    - {layer}" for layer in layers)
    for name, parts in {"augment": ("", augment), "inside": (inside, "")}.items():
        text = SPEC.format(inside=parts[0], augment=parts[1], epochs=epochs)
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")


def epoch(folder: Path, name: str) -> float:
    """The median of the seconds of an epoch, the first left out."""
    command = [sys.executable, "-m", "modelspec", "train", f"{name}.yaml", "-o", name, "--force"]
    subprocess.run(command, cwd=folder, env=quiet(), check=True, capture_output=True)
    with (folder / name / "history.csv").open(encoding="utf-8") as file:
        seconds = [float(row["seconds"]) for row in csv.DictReader(file)]
    return statistics.median(seconds[1:])


if __name__ == "__main__":
    sys.exit(main())
