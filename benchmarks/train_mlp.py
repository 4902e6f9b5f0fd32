"""`modelspec train` against the plain Keras script, on a table of 100,000 rows for 10 epochs.

    python benchmarks/train_mlp.py [--rounds 5] [--rows 100000]

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
from pairs import Timed, in_turn, median, ratio, timed

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

        def ours(number: int) -> Timed:
            command = [
                sys.executable,
                "-m",
                "modelspec",
                "train",
                "mlp.yaml",
                "-o",
                f"run-{number}",
            ]
            return timed([*command, "--set", f"training.seed={number}"], folder)

        def plain(number: int) -> Timed:
            script = HERE / "plain_mlp.py"
            model = f"plain-{number}.keras"
            return timed([sys.executable, script, "table.csv", str(number), model], folder)

        found = in_turn({"modelspec": ours, "plain script": plain}, given.rounds)
        losses = [
            json.loads((folder / f"run-{i}" / "metrics.json").read_text())["train"]["loss"]
            for i in range(given.rounds)
        ]
    theirs = [float(run.output.split()[-1]) for run in found["plain script"]]
    quotient = ratio(found, "modelspec", "plain script")
    print(f"modelspec     {median(found['modelspec']):6.2f} s  final loss {shown(losses)}")
    print(f"plain script  {median(found['plain script']):6.2f} s  final loss {shown(theirs)}")
    print(f"ratio {quotient:.2f}, at most {MOST}")
    low, high = min(theirs), max(theirs)
    middle = float(np.median(losses))
    within = low - (high - low) <= middle <= high + (high - low)
    print(f"the median loss {middle:.4f} is {'within' if within else 'NOT within'} the spread")
    return 0 if quotient <= MOST and within else 1


def shown(values: list[float]) -> str:
    return f"{np.median(values):.4f} ({min(values):.4f} to {max(values):.4f})"


if __name__ == "__main__":
    sys.exit(main())
