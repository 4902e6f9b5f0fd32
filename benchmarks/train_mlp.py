"""`modelspec train` against the plain Keras script, on a table of 100,000 rows for 10 epochs.

    python -m benchmarks.train_mlp [--rounds 5] [--rows 100000]

Both programs run in turn as whole processes, the script with another seed each time. The bounds:
the median ratio is at most 0.5, and the final loss of modelspec lies within the spread of the
script's, widened by its own width (five seeds do not show the whole of it). Needs `pip install
pandas`.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
import tempfile
from pathlib import Path

import numpy as np

from .processes import Command, judge, race

HERE = Path(__file__).parent / "training"
MOST = 0.5


def write_table(path: Path, rows: int) -> None:
    """Twenty numbers and one of three classes, which some of them decide with noise."""
    random = np.random.default_rng(0)
    x = random.normal(size=(rows, 20)).round(5)
    score = np.stack([x[:, 0] * x[:, 1], x[:, 2] + x[:, 3], np.sin(2 * x[:, 4])], axis=1)
    kind = np.argmax(score + random.gumbel(scale=0.4, size=score.shape), axis=1)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow([*(f"x{i}" for i in range(20)), "kind"])
        names = ("low", "middle", "high")
        writer.writerows([*row, names[k]] for row, k in zip(x.tolist(), kind, strict=True))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--rows", type=int, default=100_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_table(folder / "table.csv", given.rows)
        (folder / "mlp.yaml").write_text((HERE / "mlp.yaml").read_text())

        def ours(number: int) -> Command:
            train = [sys.executable, "-m", "modelspec", "train", "mlp.yaml", "-o", f"run-{number}"]
            return [*train, "--set", f"training.seed={number}"]

        def plain(number: int) -> Command:
            script = HERE / "plain_mlp.py"
            return [sys.executable, script, "table.csv", str(number), f"plain-{number}.keras"]

        found = race({"modelspec": ours, "plain script": plain}, given.rounds, folder)
        losses = [
            json.loads((folder / f"run-{i}" / "metrics.json").read_text())["train"]["loss"]
            for i in range(given.rounds)
        ]
    theirs = [float(run.said.split()[-1]) for run in found["plain script"]]
    fast = judge(found, "plain script", MOST)
    print(f"final losses: modelspec {shown(losses)}, plain script {shown(theirs)}")
    low, high = min(theirs), max(theirs)
    within = 2 * low - high <= float(np.median(losses)) <= 2 * high - low
    print(f"the median of modelspec is {'within' if within else 'NOT within'} the widened spread")
    return 0 if fast and within else 1


def shown(values: list[float]) -> str:
    return f"{np.median(values):.4f} ({min(values):.4f} to {max(values):.4f})"


if __name__ == "__main__":
    sys.exit(main())
