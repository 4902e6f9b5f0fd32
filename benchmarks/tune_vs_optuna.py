"""`modelspec tune` against a script for Optuna and Keras, on the same space of real digits.

    python -m benchmarks.tune_vs_optuna [--seeds 5] [--trials 20] [--epochs 9] [--part infeasible]

Both take Optuna's TPE with the same arguments, and stop after the same number of trials that were
trained. Part `infeasible`: about half of the points cannot be built or are over the budget; the
script builds each and prunes it, in one process that has loaded the data once. Its bound is 0.7 of
the wall time with a mean of best values that is no worse, for modelspec as it is used (`--halving`,
which goes on with the best trials only); beside it stands what it takes without. Part `feasible`:
the same space where every point can be built, without halving; its bound is 1.05.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from .processes import Run, quiet, run

HERE = Path(__file__).parent / "training"
DIGITS = Path(__file__).parents[1] / "specs" / "data" / "digits.npz"
SCRIPT = "Optuna and Keras"
PLAIN, HALVING = "modelspec", "modelspec, halving"
BOUNDS = {"infeasible": 0.7, "feasible": 1.05}
FEASIBLE = {
    "tune.space.params.kernel": "{int: [2, 3]}",
    "tune.space.params.stages": "{int: [1, 2]}",
}


class Study(NamedTuple):
    """What a study took and found."""

    run: Run
    best: float
    epochs: int
    trials: int
    pruned: int


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--trials", type=int, default=20)
    parser.add_argument("--epochs", type=int, default=9)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--halving", default="1:3", metavar="FROM:FACTOR", help="or `none`")
    parser.add_argument("--part", choices=tuple(BOUNDS), help="one of the two alone")
    given = parser.parse_args()
    parts = [given.part] if given.part else list(BOUNDS)
    kept = [judged(part, given) for part in parts]
    return 0 if all(kept) else 1


def judged(part: str, given: argparse.Namespace) -> bool:
    """Run a part, print what it took; whether its bound is kept."""
    has_halving = part == "infeasible" and given.halving != "none"
    names = [SCRIPT, PLAIN, *([HALVING] if has_halving else [])]
    found: dict[str, list[Study]] = {name: [] for name in names}
    print(f"{part}: {given.trials} trials of {given.epochs} epochs", flush=True)
    for seed in range(given.seeds):
        for name in names:
            one = study(name, part, seed, given)
            found[name].append(one)
            print(
                f"seed {seed}: {name:18} {one.run.seconds:6.1f} s, {one.run.cpu:6.1f} s of"
                f" processor time, best {one.best:.4f}, {one.epochs} epochs, {one.trials} trials,"
                f" {one.pruned} not trained",
                flush=True,
            )
    compared = {name: compare(name, found[name], found[SCRIPT]) for name in names[1:]}
    wall, is_as_good = compared[names[-1]]
    return wall <= BOUNDS[part] and (is_as_good or part == "feasible")


def compare(name: str, ours: Sequence[Study], theirs: Sequence[Study]) -> tuple[float, bool]:
    """Print the ratios of a way of modelspec's; that of the wall time, and whether its best values
    are no worse in the mean."""
    pairs = list(zip(ours, theirs, strict=True))
    wall = statistics.median(one.run.seconds / other.run.seconds for one, other in pairs)
    cpu = statistics.median(one.run.cpu / other.run.cpu for one, other in pairs)
    epochs = sum(one.epochs for one in ours) / sum(other.epochs for other in theirs)
    mean, their = (statistics.mean(one.best for one in them) for them in (ours, theirs))
    print(
        f"{name}: {wall:.2f} of the wall time, {cpu:.2f} of the processor time, {epochs:.2f} of the"
        f" epochs; best value {mean:.4f} in the mean against {their:.4f}",
        flush=True,
    )
    return wall, mean >= their


def study(name: str, part: str, seed: int, given: argparse.Namespace) -> Study:
    """Run one program in a folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        if name == SCRIPT:
            numbers = [str(number) for number in (given.trials, given.epochs, seed)]
            extra = ["--feasible"] if part == "feasible" else []
            script = HERE / "plain_tune.py"
            done = run([sys.executable, script, DIGITS, *numbers, *extra], quiet())
            return Study(done, **json.loads(done.said.splitlines()[-1]))
        sets: dict[str, Any] = {
            "tune.trials": given.trials,
            "tune.seed": seed,
            "training.epochs": given.epochs,
            "training.seed": seed,
        }
        if part == "feasible":
            sets |= FEASIBLE
        if name == HALVING:
            first, factor = given.halving.split(":")
            sets["tune.halving"] = f"{{from: {first}, factor: {factor}}}"
        return tuned(Path(folder) / "study", sets, given.workers)


def tuned(folder: Path, sets: Mapping[str, Any], workers: int = 1) -> Study:
    """Run `modelspec tune`, and read its record."""
    options = [part for key, value in sets.items() for part in ("--set", f"{key}={value}")]
    command = [sys.executable, "-m", "modelspec", "tune", HERE / "tune.yaml", "-o", folder]
    done = run([*command, "--workers", str(workers), *options], quiet())
    proposals = json.loads((folder / "study.json").read_text(encoding="utf-8"))["proposals"]
    trained = [one for one in proposals if one["state"] not in ("refused", "duplicate")]
    values = [one["objectives"]["val_accuracy"] for one in trained if one["state"] == "complete"]
    epochs = sum(one["epochs"] for one in trained)
    return Study(done, max(values), epochs, len(trained), len(proposals) - len(trained))


if __name__ == "__main__":
    sys.exit(main())
