"""`modelspec tune` with workers that train: what it writes, and what SIGKILL leaves of it."""

from __future__ import annotations

import hashlib
import io
import json
import os
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from searches import SPEC, facts

from modelspec.tuning import read_study

pytestmark = [pytest.mark.tensorflow, pytest.mark.slow]

LONG = 60.0
"""Seconds after which something is wrong, also where many tests run side by side."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A search whose trials have a few epochs of a few steps, which end at different ones."""
    import numpy as np

    chance = np.random.default_rng(0)
    images = chance.normal(size=(60, 8, 8, 1)).astype(np.float32)
    np.savez(tmp_path / "d.npz", x=images, y=(images.mean((1, 2, 3)) > 0).astype(np.int64))
    text = SPEC.replace("trials: 5", "trials: 3").replace("batch_size: 8", "batch_size: 2")
    text = text.replace("epochs: 4", "epochs: 4\n  checkpoint: {every: 3, keep: 1, use: best}")
    (tmp_path / "net.yaml").write_text(text, encoding="utf-8")
    return tmp_path


def modelspec(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "modelspec", *arguments],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def ended(process: subprocess.Popen[str]) -> str:
    """What a process that succeeds has printed."""
    out, err = process.communicate(timeout=5 * LONG)
    assert process.returncode == 0, err
    return out


def when(holds: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    """Wait until something holds."""
    end = time.monotonic() + LONG
    while not holds():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < end
        time.sleep(0.005)


def kill_children(process: subprocess.Popen[str]) -> None:
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    for pid in children.read_text(encoding="ascii").split():
        with suppress(ProcessLookupError):
            os.kill(int(pid), signal.SIGKILL)


def weights(run: Path) -> str:
    """A hash over all arrays of a run's model."""
    import h5py

    found = hashlib.sha256()

    def add(name: str, item: Any) -> None:
        if isinstance(item, h5py.Dataset):
            found.update(name.encode() + item[()].tobytes())

    with (
        zipfile.ZipFile(run / "model.keras") as archive,
        h5py.File(io.BytesIO(archive.read("model.weights.h5"))) as file,
    ):
        file.visititems(add)
    return found.hexdigest()


def all_facts(study: Path) -> Any:
    record = read_study(study)
    runs = {one.number: weights(study / one.run) for one in record.complete}
    proposals = [{**one, "seconds": 0} for one in facts(record)]
    return record.status, proposals, runs


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="lists processes by /proc")
def test_a_study_that_sigkill_meets_ends_as_one_that_was_left_alone(folder: Path) -> None:
    assert ended(modelspec(folder, "tune", "net.yaml", "-o", "whole")) == "whole\n"
    whole = read_study(folder / "whole")
    process = modelspec(folder, "tune", "net.yaml", "-o", "killed")
    first, second = (folder / "killed" / one.run for one in whole.complete[:2])
    when((first / "history.csv").exists, process)
    kill_children(process)  # the worker, in the midst of the training
    when((second / "checkpoints" / "last.npz").exists, process)
    process.kill()
    process.communicate()
    assert ended(modelspec(folder, "tune", "--resume", "killed")) == "killed\n"
    assert all_facts(folder / "killed") == all_facts(folder / "whole")
    one = whole.complete[1]
    changes = [f"{path}={json.dumps(value)}" for path, value in one.overrides.items()]
    sets = [text for change in changes for text in ("--set", change)]
    ended(modelspec(folder, "train", "net.yaml", "-o", "alone", *sets))
    assert weights(folder / "alone") == weights(folder / "whole" / one.run)


def test_a_signal_leaves_a_study_that_can_be_resumed(folder: Path) -> None:
    process = modelspec(folder, "tune", "net.yaml", "-o", "study", "--set", "tune.trials=1")
    when(lambda: any((folder / "study").glob("trial-*/history.csv")), process)
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=LONG)
    assert process.returncode == 143
    assert "interrupted by SIGTERM; resume with: modelspec tune --resume study" in err
    assert str(read_study(folder / "study").status) == "interrupted"
    ended(modelspec(folder, "tune", "--resume", "study"))
    assert len(read_study(folder / "study").complete) == 1
