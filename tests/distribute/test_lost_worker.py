"""Two workers of which one is killed: the training ends, and is resumed by two and by one."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from modelspec import train
from modelspec.runs import read_record

pytestmark = [pytest.mark.tensorflow, pytest.mark.slow]

SPEC = Path(__file__).parents[2] / "specs" / "penguins.yaml"

EPOCHS, UNTIL = 7, 3

CLOSE = 1e-5
"""How far the values and weights of other numbers of workers may be."""


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run whose worker 1 was killed after some epochs."""
    run = tmp_path_factory.mktemp("runs") / "killed"
    command = [sys.executable, "-m", "modelspec", "train", str(SPEC), "-o", str(run)]
    command += ["--workers", "2", "--set", f"training.epochs={EPOCHS}"]
    said = []
    with subprocess.Popen(
        command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
    ) as parent:
        assert parent.stderr is not None
        for line in parent.stderr:
            said.append(line)
            if line.startswith(f"epoch {UNTIL}/"):
                os.kill(_workers(parent.pid)[1], signal.SIGKILL)
                killer = threading.Timer(30, parent.kill)  # by then all have ended
                killer.start()
        parent.wait()
    killer.cancel()
    assert parent.returncode == 3
    assert said[-1] == (
        "modelspec: worker 1 was killed by SIGKILL, as the system does where memory is not enough;"
        f" the run can be resumed with: modelspec train --resume {run} --workers 2\n"
    )
    return run


def _workers(parent: int) -> list[int]:
    """The processes that a process has started, in order."""
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text(encoding="utf-8")
    return [int(pid) for pid in children.split()]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The same training by one process, that nothing ends."""
    run = tmp_path_factory.mktemp("runs") / "whole"
    return train(SPEC, output=run, overrides={"training.epochs": EPOCHS}, workers=1)


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="finds the workers in /proc")
@pytest.mark.parametrize("workers", [1, 2])
def test_a_run_that_lost_a_worker_is_resumed(
    killed: Path, whole: Any, workers: int, tmp_path: Path
) -> None:
    run = shutil.copytree(killed, tmp_path / "run")
    resumed = train(resume=run, workers=workers)
    for mine, other in zip(resumed.model.weights, whole.model.weights, strict=True):
        if mine.dtype != "string":
            np.testing.assert_allclose(mine.numpy(), other.numpy(), rtol=0, atol=CLOSE)
    curves, expected = read_record(run).curves, read_record(whole.path).curves
    assert list(curves) == list(expected)
    for name, curve in curves.items():
        np.testing.assert_allclose(curve, expected[name], rtol=0, atol=CLOSE)
    assert resumed.metrics == pytest.approx(dict(whole.metrics), abs=CLOSE)
    assert {file.name for file in run.iterdir()} == {file.name for file in whole.path.iterdir()}
