"""Exports that SIGKILL ends at random moments, and what they leave.

    python -m benchmarks.export_kills [--kills 20] [--seed 1]

The run of specs/digits.yaml, trained for an epoch, is exported in every format in turn, every
other round over something that lies there. Half of the kills come at a moment drawn from the whole
time of such an export, half before a step drawn from those that it takes with files where it
writes, which are few and close together. The bound: all that is left beside hidden drafts is what
lay there before, untouched, or an export that answers as the run does.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from modelspec.exporting.formats.formats import FORMATS

from .processes import quiet

SPECS = Path(__file__).parent.parent / "specs"
FORMS = ("keras", "saved_model", "onnx", "litert", "openvino")
STEPS = """
import os, sys
from modelspec.cli import run

left, folder = int(sys.argv[1]), sys.argv[2]
events = {"open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "shutil.move"}

def count(event, args):
    global left
    if event in events and folder in " ".join(map(str, args)):
        left -= 1
        if left == 0:
            os.kill(os.getpid(), 9)

sys.addaudithook(count)
code = run(sys.argv[3:])
print("steps:", int(sys.argv[1]) - left)
sys.exit(code)
"""
MODELSPEC = [sys.executable, "-m", "modelspec"]


def ended(command: list[str], limit: float | None = None) -> tuple[int, str]:
    """The exit code of a program, and what it printed; after `limit` seconds it is killed."""
    try:
        done = subprocess.run(
            command, env=quiet(), capture_output=True, text=True, check=False, timeout=limit
        )
    except subprocess.TimeoutExpired:
        return -9, ""
    return done.returncode, done.stdout


def hashed(folder: Path) -> dict[str, str]:
    """Every file that is not in a hidden draft, by its name."""
    return {
        str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(folder.rglob("*"))
        if file.is_file() and not file.relative_to(folder).parts[0].startswith(".export-")
    }


def put_old(path: Path, form: str) -> None:
    """Something in the place of the export."""
    if FORMATS[form].is_folder:
        path.mkdir()
        (path / "saved_model.pb").write_text("old")
    else:
        path.write_text("old")
        if FORMATS[form].second_suffix:
            path.with_suffix(FORMATS[form].second_suffix).write_text("old")


def answers(source: Path, folder: Path) -> bytes:
    """What a run or an export says of the digits."""
    out = folder / "answers.csv"
    data = str(SPECS / "data" / "digits.npz")
    code, _ = ended([*MODELSPEC, "predict", str(source), "--data", data, "-o", str(out), "--force"])
    lines = out.read_text().splitlines() if code == 0 else [str(code)]
    return "\n".join(line.partition(",")[0] for line in lines).encode()


class Kills:
    """One export after another, killed."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder, self.chance = folder, random.Random(seed)
        self.run = folder / "run"
        spec = str(SPECS / "digits.yaml")
        short = ["--set", "training.epochs=1"]
        ended([*MODELSPEC, "train", spec, "-o", str(self.run), *short])
        self.wanted = answers(self.run, folder)
        self.steps: dict[str, int] = {}
        self.seconds: dict[str, float] = {}

    def export(self, form: str, path: Path) -> list[str]:
        return ["export", str(self.run), "--format", form, "-o", str(path), "--force"]

    def watched(self, form: str, path: Path, step: int) -> list[str]:
        folder = str(path.parent)
        return [sys.executable, "-c", STEPS, str(step), folder, *self.export(form, path)]

    def measure(self, form: str) -> None:
        """How long an export takes, and in how many steps."""
        path = self.folder / f"whole-{form}" / f"model{FORMATS[form].suffix}"
        began = time.monotonic()
        code, said = ended(self.watched(form, path, 10**6))
        assert code == 0, said
        self.seconds[form] = time.monotonic() - began
        self.steps[form] = int(said.rpartition("steps: ")[2])
        assert answers(path, self.folder) == self.wanted

    def kill(self, number: int) -> tuple[str, bool]:
        """What one kill leaves, in words, and whether that is sound."""
        form, over = FORMS[number % len(FORMS)], number // len(FORMS) % 2 == 1
        if form not in self.steps:
            self.measure(form)
        out = self.folder / f"out-{number}"
        out.mkdir()
        path = out / f"model{FORMATS[form].suffix}"
        if over:
            put_old(path, form)
        before = hashed(out)
        if number % 2:
            limit = self.chance.uniform(0, self.seconds[form])
            code, _ = ended([*MODELSPEC, *self.export(form, path)], limit)
            at = f"after {limit:.1f} s"
        else:
            step = self.chance.randint(1, self.steps[form])
            code, _ = ended(self.watched(form, path, step))
            at = f"before step {step} of {self.steps[form]}"
        left = hashed(out)
        what, sound = self.judge(path, before, left)
        end = "killed" if code == -9 else f"ended with {code}"
        return f"{form}{' over an old one' if over else ''}, {end} {at}: {what}", sound

    def judge(self, path: Path, before: dict[str, str], left: dict[str, str]) -> tuple[str, bool]:
        if left == before:
            return ("the old one" if before else "nothing"), True
        if not path.exists():
            return f"no export; beside it {', '.join(left) or 'nothing'}", True
        same = answers(path, self.folder) == self.wanted
        return ("the new one, whole" if same else f"NOT WHOLE: {', '.join(left)}"), same


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        kills, sound = Kills(Path(name), given.seed), 0
        for number in range(given.kills):
            said, good = kills.kill(number)
            sound += good
            print(f"{number + 1}: {said}", flush=True)
    print(f"{sound} of {given.kills} left nothing that looks whole and is not")
    return 0 if sound == given.kills else 1


if __name__ == "__main__":
    sys.exit(main())
