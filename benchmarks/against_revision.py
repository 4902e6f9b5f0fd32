"""The same commands here and at another revision, in turn: what a change cost or saved.

    python -m benchmarks.against_revision REVISION [--rounds 9] [--most 1.05]

Checks REVISION out into a temporary folder and runs validate, summarize, train and predict from
both trees, alternating, in one environment, on the specs of REVISION: those of today may have keys
that it does not know. Prints the medians of processor time and, round by round, the median of the
ratios. Exits with 1 where a ratio is above the bound.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

from benchmarks.processes import Run, quiet, run

ROOT = Path(__file__).parents[1]

ROWS = 50_000
"""Rows of the table that `predict` reads."""


class Job(NamedTuple):
    """What to time: the arguments of `modelspec` in a folder of results, and how many rounds."""

    name: str
    arguments: Callable[[Path], list[str]]
    rounds: int


def jobs(tree: Path, rounds: int) -> list[Job]:
    """On the specs of a tree. Commands that take well below a second run four times as often."""
    specs = tree / "specs"
    many = tree / "tests" / "specs_ok"
    return [
        Job("validate one", lambda _: ["validate", str(specs / "digits.yaml")], 4 * rounds),
        Job("validate many", lambda _: ["validate", str(many)], 2 * rounds),
        Job("summarize", lambda _: ["summarize", str(specs / "inception.yaml")], 4 * rounds),
        Job("train", lambda out: train(specs, out), rounds),
        Job("predict", lambda out: predict(specs, out), rounds),
    ]


def train(specs: Path, out: Path) -> list[str]:
    return ["train", str(specs / "penguins.yaml"), "-o", str(out / "run"), "--force"]


def predict(specs: Path, out: Path) -> list[str]:
    """On the run of the last `train`, which stands before it in the list."""
    table = out / "rows.csv"
    if not table.is_file():
        head, *rows = (specs / "data" / "penguins.csv").read_text().splitlines()
        whole = [row for row in rows if "NA" not in row]
        table.write_text("\n".join([head, *(whole * (ROWS // len(whole)))]) + "\n")
    return [
        "predict",
        str(out / "run"),
        "--data",
        str(table),
        "-o",
        str(out / "answers.csv"),
        "--force",
    ]


def at_revision(revision: str, stack: ExitStack) -> Path:
    """A checkout of a revision, which goes when the stack is left."""
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="revision-"))) / "tree"
    git = ["git", "-C", str(ROOT), "worktree"]
    subprocess.run([*git, "add", "--detach", str(folder), revision], check=True)
    stack.callback(subprocess.run, [*git, "remove", "--force", str(folder)], check=True)
    return folder


def time_job(job: Job, trees: dict[str, Path], outs: dict[str, Path]) -> dict[str, list[Run]]:
    """The runs of a job by tree; one round before them is not counted."""
    found: dict[str, list[Run]] = {name: [] for name in trees}
    for number in range(job.rounds + 1):
        names = list(trees) if number % 2 else list(reversed(trees))
        for name in names:
            environment = {**quiet(), "PYTHONPATH": str(trees[name])}
            command = [sys.executable, "-m", "modelspec", *job.arguments(outs[name])]
            once = run(command, environment, outs[name])
            if number:
                found[name].append(once)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("revision")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--most", type=float, default=1.05)
    given = parser.parse_args()
    missed = False
    with ExitStack() as stack:
        trees = {"here": ROOT, "there": at_revision(given.revision, stack)}
        outs = {
            name: Path(stack.enter_context(tempfile.TemporaryDirectory(prefix=f"{name}-")))
            for name in trees
        }
        print(
            f"{'':14}{'here':>9}{given.revision[:8]:>9}{'ratio':>8}   (seconds of processor time)"
        )
        for job in jobs(trees["there"], given.rounds):
            found = time_job(job, trees, outs)
            here, there = ([one.cpu for one in found[name]] for name in trees)
            ratio = statistics.median(a / b for a, b in zip(here, there, strict=True))
            medians = statistics.median(here), statistics.median(there)
            print(f"{job.name:14}{medians[0]:9.3f}{medians[1]:9.3f}{ratio:8.3f}", flush=True)
            missed = missed or ratio > given.most
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
