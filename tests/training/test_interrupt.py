"""A signal ends a training with a checkpoint and its exit code."""

from __future__ import annotations

import csv
import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from training_cases import CLASSIFIER, CSV, changed

pytestmark = pytest.mark.tensorflow

LONG = changed(CLASSIFIER, ("epochs: 2", "epochs: 100000"))


def start(folder: Path) -> subprocess.Popen[str]:
    (folder / "t.csv").write_text(CSV)
    (folder / "long.yaml").write_text(LONG)
    return subprocess.Popen(
        [sys.executable, "-m", "modelspec", "train", "long.yaml", "-o", "run"],
        cwd=folder,
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def wait_for_epochs(history: Path, count: int) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        if history.is_file() and len(history.read_text().splitlines()) > count:
            return
        time.sleep(0.05)
    raise AssertionError("no epoch ended in a minute")


@pytest.mark.parametrize(
    ("number", "code"),
    [(signal.SIGINT, 130), pytest.param(signal.SIGTERM, 143, marks=pytest.mark.slow)],
)
def test_a_signal_leaves_a_checkpoint(tmp_path: Path, number: int, code: int) -> None:
    from modelspec.training.checkpoint.state_file import read_state

    process = start(tmp_path)
    run = tmp_path / "run"
    try:
        wait_for_epochs(run / "history.csv", 3)
        process.send_signal(number)
        _, said = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == code
    assert "Traceback" not in said
    assert f"interrupted by {signal.Signals(number).name}" in said
    status = json.loads((run / "run.json").read_text())
    with (run / "history.csv").open() as file:
        epochs = [row["epoch"] for row in csv.DictReader(file)]
    assert status["status"] == "interrupted"
    assert status["epochs"] == len(epochs) >= 3
    assert f"resume with: modelspec train --resume {run.name}" in said
    assert read_state(run / "checkpoints" / "last.npz")["place"][0] == len(epochs)
    assert not (run / "model.keras").exists()


@pytest.mark.slow
def test_progress_is_one_plain_line_an_epoch(tmp_path: Path) -> None:
    process = start(tmp_path)
    try:
        wait_for_epochs(tmp_path / "run" / "history.csv", 2)
        process.send_signal(signal.SIGINT)
        out, said = process.communicate(timeout=60)
    finally:
        process.kill()
    lines = said.splitlines()
    assert out == ""
    assert lines[0] == "long: 42 train, 14 validation, 14 test examples"
    assert lines[1].startswith("epoch      1/100000  loss ")
    assert "\x1b" not in said
