"""The epochs that halving needs where trials continue, against halving that trains them anew.

    python -m benchmarks.tune_halving [--trials 16] [--epochs 16] [--halving 1:2]

The study is that of training/tune.yaml. What a restart would train is counted from its record: all
epochs of a rung once more for each trial that came to it, for the same trials at the end, as a
trial that was continued is the one that was trained in one go: the run of the best trial is trained
once more from its beginning, and must come to the same history. The bound: at most 0.6 of the
epochs, which takes five rungs with a factor of 2 (k rungs need (k + 1) / 2k).
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from modelspec.tuning.brackets import Rungs

from .processes import quiet, run
from .tune_vs_optuna import tuned

BOUND = 0.6


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=16)
    parser.add_argument("--epochs", type=int, default=16)
    parser.add_argument("--halving", default="1:2", metavar="FROM:FACTOR")
    given = parser.parse_args()
    first, factor = map(int, given.halving.split(":"))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name, "study")
        sets = {
            "tune.trials": given.trials,
            "training.epochs": given.epochs,
            "tune.halving": f"{{from: {first}, factor: {factor}}}",
        }
        done = tuned(folder, sets)
        record = json.loads((folder / "study.json").read_text(encoding="utf-8"))
        is_same = trains_alike(folder, record["best"])
    trained = [one["epochs"] for one in record["proposals"] if one["epochs"]]
    rungs = Rungs.of(given.epochs, first, factor).epochs
    restarted = sum(sum(rung for rung in rungs if rung <= epochs) for epochs in trained)
    ratio = sum(trained) / restarted
    print(f"rungs {[*rungs]}: {[sum(one >= rung for one in trained) for rung in rungs]} trials")
    print(
        f"{sum(trained)} epochs, {restarted} with restarts: {ratio:.2f}; the bound is {BOUND};"
        f" {done.run.cpu:.0f} s of processor time"
    )
    print(f"the best trial trained in one go: {'the same' if is_same else 'NOT the same'} history")
    return 0 if ratio <= BOUND and is_same else 1


def trains_alike(study: Path, trial: str) -> bool:
    """Whether the best trial has the history that its spec gives without a pause."""
    command = [sys.executable, "-m", "modelspec", "train", study / "best.yaml"]
    run([*command, "-o", study / "again"], quiet())
    return history(study / trial) == history(study / "again")


def history(folder: Path) -> list[Any]:
    """The rows of a run's history, without the seconds that each epoch took."""
    lines = (folder / "history.csv").read_text(encoding="utf-8").splitlines()
    return [line.rpartition(",")[0] for line in lines]


if __name__ == "__main__":
    sys.exit(main())
