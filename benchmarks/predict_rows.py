"""`modelspec predict` on a million rows against the plain Keras script, as whole processes.

    python -m benchmarks.predict_rows [--rows 1000000] [--columns 10] [--runs 3] [--batch-size 32]

The script is the one that is written first: `pandas.read_csv`, `model.predict(x)` (whose batch size
is 32 unless --batch-size says otherwise), class names, `DataFrame.to_csv`. Both run in turn on the
same file and the same saved model; then the two outputs are compared: classes must be equal,
probabilities close. Prints each time, the medians and their ratio. Needs `pip install pandas`.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

SPEC = """\
modelspec: 1
name: rows
model:
  sequential:
    input: {{shape: [{columns}], name: numbers}}
    layers:
      - Normalization
      - Dense: {{units: 64, activation: relu}}
      - Dense: {{units: 64, activation: relu}}
      - Dense: {{units: 3, activation: softmax, name: kind}}
data:
  train: {{csv: train.csv}}
  inputs: [{names}]
  targets: {{kind: {{column: kind, labels: [low, middle, high]}}}}
  batch_size: 256
training:
  epochs: 2
  optimizer: adam
  loss: sparse_categorical_crossentropy
"""

PLAIN = """\
import sys
import keras
import pandas as pd

frame = pd.read_csv("new.csv")
model = keras.models.load_model("run/model.keras")
found = model.predict(frame.to_numpy("float32"), batch_size=int(sys.argv[1]), verbose=0)
labels = pd.Series(["low", "middle", "high"])
best = found.argmax(axis=1)
out = pd.DataFrame({"kind": labels[best].to_numpy(), "kind_probability": found.max(axis=1)})
out.to_csv("plain.csv", index=False)
"""


def prepare(folder: Path, rows: int, columns: int) -> None:
    """The table, the script, and a run to predict with."""
    random = np.random.default_rng(0)
    names = [f"x{i}" for i in range(columns)]
    frame = pd.DataFrame(random.normal(size=(rows, columns)).round(4), columns=names)
    frame.to_csv(folder / "new.csv", index=False)
    train = frame.head(20_000).copy()
    train["kind"] = pd.cut(train.sum(axis=1), 3, labels=["low", "middle", "high"])
    train.to_csv(folder / "train.csv", index=False)
    (folder / "rows.yaml").write_text(SPEC.format(columns=columns, names=", ".join(names)))
    (folder / "plain.py").write_text(PLAIN)
    timed(folder, "-m", "modelspec", "train", "rows.yaml", "-o", "run")


def timed(folder: Path, *args: str) -> float:
    started = time.perf_counter()
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}
    done = subprocess.run(
        [sys.executable, *args],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env=environment,
    )
    seconds = time.perf_counter() - started
    if done.returncode:
        sys.exit(f"{' '.join(args)}: exit {done.returncode}\n{done.stdout}{done.stderr}")
    return seconds


def compare(folder: Path) -> None:
    ours, plain = pd.read_csv(folder / "ours.csv"), pd.read_csv(folder / "plain.csv")
    assert len(ours) == len(plain)
    unlike = int((ours["kind"] != plain["kind"]).sum())
    far = float((ours["kind_probability"] - plain["kind_probability"]).abs().max())
    print(f"rows {len(ours)}  classes unlike {unlike}  largest difference {far:.2g}")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--columns", type=int, default=10)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--batch-size", type=int, default=32)
    given = parser.parse_args()
    times: dict[str, list[float]] = {"modelspec": [], "plain": []}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        prepare(folder, given.rows, given.columns)
        ours = ("-m", "modelspec", "predict", "run", "--data", "new.csv", "-o", "ours.csv")
        for _ in range(given.runs):
            times["modelspec"].append(timed(folder, *ours, "--force"))
            times["plain"].append(timed(folder, "plain.py", str(given.batch_size)))
            print("  ".join(f"{key} {found[-1]:.2f} s" for key, found in times.items()), flush=True)
        compare(folder)
    medians = {key: statistics.median(found) for key, found in times.items()}
    print("  ".join(f"{key} {value:.2f} s" for key, value in medians.items()))
    print(f"ratio {medians['modelspec'] / medians['plain']:.2f}")


if __name__ == "__main__":
    main()
