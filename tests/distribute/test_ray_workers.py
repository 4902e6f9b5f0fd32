"""Workers that Ray starts: one is lost, Ray begins all anew, and the run is as if none had been."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from modelspec import cli
from modelspec.diagnostics import CannotRunError, UsageError
from modelspec.local_workers import FAILED, TRAINED
from modelspec.ray_workers import RayTraining, train_with_ray
from modelspec.ray_workers.board import Board

SPEC = """
modelspec: 1
model:
  sequential:
    input: {shape: [2]}
    layers:
      - Dense: {units: 8, activation: relu}
      - Dense: {units: 2, activation: softmax, name: kind}
data:
  train: {csv: t.csv}
  validation: 0.2
  inputs: [a, b]
  targets: {kind: {column: kind, labels: auto}}
  batch_size: 8
training:
  epochs: 12
  optimizer: {Adam: {learning_rate: 0.01}}
  loss: sparse_categorical_crossentropy
  checkpoint: {every: 2}
"""
ROWS = [(n * 37 % 60 / 60, n * 29 % 60 / 60) for n in range(60)]
TABLE = "a,b,kind\n" + "".join(f"{a:.3f},{b:.3f},{'xy'[a + b > 1]}\n" for a, b in ROWS)
TRAIN = (sys.executable, "-m", "modelspec", "train", "spec.yaml")

# it fails as a worker whose spec has errors, and notes that it was started
FAILING = """
import json, os, sys
from pathlib import Path
from modelspec.diagnostics import UsageError
from modelspec.local_workers import FAILED, failed
from modelspec.processes import Channel
channel = Channel.take_stdout()
folder = Path(json.loads(sys.stdin.readline())["request"]["output"]).parent
(folder / f"started-{os.getpid()}").touch()
print("hello", file=sys.stderr)
channel.send(FAILED, content=failed(UsageError("there is no such column")))
sys.exit(2)
"""


def worker_process(run: Path, index: int) -> int | None:
    """The number of the process of a worker of a run, found by its environment."""
    for folder in Path("/proc").iterdir():
        try:
            command = (folder / "cmdline").read_bytes()
            environment = (folder / "environ").read_bytes().split(b"\0")
        except OSError:
            continue
        given = {name: value for name, _, value in (one.partition(b"=") for one in environment)}
        if b"modelspec.api.workers.process" not in command or b"MODELSPEC_RAY_JOB" not in given:
            continue
        request = json.loads(given[b"MODELSPEC_RAY_JOB"])["request"]
        task = json.loads(given[b"TF_CONFIG"])["task"]
        if task["index"] == index and request["output"] == str(run):
            return int(folder.name)
    return None


def kill_after_epochs(run: Path, index: int, epochs: int, parent: subprocess.Popen[str]) -> None:
    history = run / "history.csv"
    while parent.poll() is None:
        if history.exists() and len(history.read_text().splitlines()) > epochs:
            process = worker_process(run, index)
            if process is not None:
                os.kill(process, signal.SIGKILL)
                return
        time.sleep(0.05)


def weights(run: Path) -> list[Any]:
    import keras

    return list(keras.saving.load_model(run / "model.keras", compile=False).get_weights())


@pytest.mark.slow
@pytest.mark.tensorflow
@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="finds processes in /proc")
def test_a_killed_worker_is_begun_anew_and_the_run_is_that_of_one_process(tmp_path: Path) -> None:
    pytest.importorskip("ray.train")
    (tmp_path / "spec.yaml").write_text(SPEC)
    (tmp_path / "t.csv").write_text(TABLE)
    alone, lost = tmp_path / "alone", tmp_path / "lost"
    subprocess.run([*TRAIN, "-o", str(alone)], cwd=tmp_path, check=True, capture_output=True)
    words = ["-o", str(lost), "--workers", "2", "--launcher", "ray", "--retries", "1"]
    process = subprocess.Popen(
        [*TRAIN, *words], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    kill_after_epochs(lost, 1, 2, process)
    out, err = process.communicate(timeout=500)
    assert process.returncode == 0, err
    assert out.strip() == str(lost)
    assert "worker 1 was killed by SIGKILL" in err
    assert "Ray begins all workers anew, for attempt 2" in err
    assert "resumed after" in err
    assert json.loads((lost / "run.json").read_text())["status"] == "complete"
    for one, other in zip(weights(alone), weights(lost), strict=True):
        assert abs(one - other).max() < 1e-5
    assert not [path for path in tmp_path.iterdir() if path.name.endswith(".ray")]


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # Ray's, of Ray
def test_an_error_of_the_spec_ends_the_training_at_once(tmp_path: Path, capfd: Any) -> None:
    pytest.importorskip("ray.train")
    (tmp_path / "fails.py").write_text(FAILING)
    run = tmp_path / "run"
    request = {"source": "x", "resume": None, "output": str(run), "force": False}
    training = RayTraining(request, (str(tmp_path / "fails.py"),), run, 2)
    with pytest.raises(UsageError, match=r"^there is no such column$"):
        train_with_ray(training)
    assert len(list(tmp_path.glob("started-*"))) == 2
    assert sorted(capfd.readouterr().err.splitlines()) == ["hello", "worker 1: hello"]


def test_without_ray_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(CannotRunError, match=r"pip install 'keras-modelspec\[ray\]'"):
        train_with_ray(RayTraining({}, (), tmp_path / "run", 2))


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--workers", "2", "--retries", "1", "--cpus", "2"), "--retries, --cpus: only with"),
        (("--launcher", "ray"), "--launcher ray needs --workers N"),
        (("--launcher", "ray", "--workers", "auto"), "--launcher ray needs --workers N"),
    ],
)
def test_options_of_ray_go_with_ray(words: tuple[str, ...], message: str, tmp_path: Path) -> None:
    (tmp_path / "spec.yaml").write_text(SPEC)
    done = CliRunner().invoke(cli.cli, ["train", str(tmp_path / "spec.yaml"), *words])
    assert (done.exit_code, message in done.output) == (2, True)


def test_the_board_has_lines_a_signal_and_the_outcome_of_the_chief() -> None:
    board = Board()
    assert board.exchange(1, ["a", "b"]) is None
    board.say("c")
    assert board.take_lines() == [(1, "a"), (1, "b"), (0, "c")]
    assert board.take_lines() == []
    assert board.outcome() is None
    board.end(1, FAILED, "of worker 1")
    board.end(0, TRAINED, "of the chief")
    assert board.outcome() == (TRAINED, "of the chief")
    board.pass_on(15)
    assert board.exchange(0, []) == 15
