"""Studies that SIGKILL meets at random moments, and what they come to when they go on.

    python -m benchmarks.tune_kills [--studies 5] [--kills 2] [--halving] [--seed 1]

One study is left alone. In each of the others SIGKILL ends the process of the study, its worker or
both, at moments drawn from the whole of its time; where the process of the study was ended,
`modelspec tune --resume` goes on with it. The bound: every one ends with the same proposals,
values, histories and weights, bit for bit. Half of the points of training/search.yaml cannot be
built.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from .processes import quiet
from .resume_kills import SPECS, facts

TUNE = [sys.executable, "-m", "modelspec", "tune", "--log-format", "lines"]
VICTIMS = ("study", "worker", "both")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--studies", type=int, default=5)
    parser.add_argument("--kills", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--halving", action="store_true")
    given = parser.parse_args()
    chance = random.Random(given.seed)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_images(folder / "images.npz")
        text = (SPECS / "search.yaml").read_text(encoding="utf-8")
        if given.halving:
            text += "  halving: {from: 1, factor: 2}\n"
        (folder / "search.yaml").write_text(text, encoding="utf-8")
        began = time.monotonic()
        start(folder, ["search.yaml", "-o", "whole"]).wait()
        whole, length = study_facts(folder / "whole"), time.monotonic() - began
        trained = sum(one["state"] not in ("refused", "duplicate") for one in whole["proposals"])
        print(f"left alone: {length:.0f} s, {len(whole['proposals'])} proposals, {trained} trials")
        same = 0
        for number in range(given.studies):
            kills = killed(folder, f"study-{number}", chance, length, given.kills)
            found = study_facts(folder / f"study-{number}")
            same += found == whole
            verdict = "the same" if found == whole else f"NOT the same: {difference(whole, found)}"
            print(f"study {number + 1}: killed {', '.join(kills)}: {verdict}", flush=True)
            shutil.rmtree(folder / f"study-{number}")
    print(f"{same} of {given.studies} ended as the one that was left alone")
    return 0 if same == given.studies else 1


def write_images(path: Path) -> None:
    """Noise, whose mean says the class."""
    chance = np.random.default_rng(0)
    images = chance.normal(size=(60, 8, 8, 1)).astype(np.float32)
    np.savez(path, x=images, y=(images.mean((1, 2, 3)) > 0).astype(np.int64))


def start(folder: Path, arguments: list[str]) -> subprocess.Popen[bytes]:
    with (folder / "log.txt").open("ab") as log:
        return subprocess.Popen(
            [*TUNE, *arguments], cwd=folder, env=quiet(), stdout=log, stderr=log
        )


def killed(folder: Path, name: str, chance: random.Random, length: float, kills: int) -> list[str]:
    """Bring a study to its end in spite of kills; what they hit, and after how many seconds."""
    made, arguments = [], ["search.yaml", "-o", name]
    process = start(folder, arguments)
    for _ in range(kills):
        limit, victim = chance.uniform(1.0, length), chance.choice(VICTIMS)
        try:
            process.wait(limit)
        except subprocess.TimeoutExpired:
            workers = children(process.pid)
            if victim != "worker":
                process.kill()
                process.wait()
            if victim != "study":
                for pid in workers:
                    with suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)
            made.append(f"{victim} after {limit:.1f} s")
            if victim != "worker":
                begun = (folder / name / "study.json").is_file()
                process = start(folder, ["--resume", name] if begun else [*arguments, "--force"])
    if process.wait() != 0:
        raise SystemExit((folder / "log.txt").read_text(encoding="utf-8"))
    return made


def children(pid: int) -> list[int]:
    """The processes that a process has started."""
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    return [int(child) for child in found.split()]


def study_facts(study: Path) -> dict[str, Any]:
    """All that must be equal."""
    record = json.loads((study / "study.json").read_text(encoding="utf-8"))
    proposals = [{k: v for k, v in one.items() if k != "seconds"} for one in record["proposals"]]
    runs = {path.name: run_facts(path) for path in sorted(study.glob("trial-*"))}
    return {"status": record["status"], "proposals": proposals, "runs": runs}


def run_facts(run: Path) -> Any:
    """Those of a run; of one that halving has left, the rows of its history."""
    if (run / "model.keras").is_file():
        return facts(run)
    lines = (run / "history.csv").read_text(encoding="utf-8").splitlines()
    return [line.rpartition(",")[0] for line in lines]


def difference(whole: dict[str, Any], found: dict[str, Any]) -> str:
    """Where two studies first differ."""
    if found["proposals"] != whole["proposals"]:
        pairs = zip(whole["proposals"], found["proposals"], strict=False)
        return next((f"{a} became {b}" for a, b in pairs if a != b), "another number of proposals")
    return ", ".join(
        name for name in whole["runs"] if found["runs"].get(name) != whole["runs"][name]
    )


if __name__ == "__main__":
    sys.exit(main())
