"""`modelspec reproduce` trains a run again from its lock, and says what differs."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("tensorflow")

import modelspec
from modelspec.cli import run as run_command
from modelspec.reproduction import deciding_variables, hardware_flags, read_lock, restore_variables

pytestmark = [pytest.mark.tensorflow, pytest.mark.xdist_group("reproduce")]

SPEC = """\
modelspec: 1
name: points
model:
  sequential:
    input: {shape: [2]}
    layers:
      - Normalization
      - Dropout: {rate: 0.2}
      - Dense: {units: 2, activation: softmax, name: kind}
data:
  train: {csv: points.csv}
  test: 0.25
  inputs: [x, y]
  targets: {kind: {column: kind, labels: auto}}
training: {epochs: 2, seed: 3, optimizer: adam, loss: sparse_categorical_crossentropy}
"""


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a spec, its data, and its run."""
    folder = tmp_path_factory.mktemp("locked")
    (folder / "points.yaml").write_text(SPEC, encoding="utf-8")
    rows = "".join(f"{n % 7},{n % 5},{'ab'[n % 2]}\n" for n in range(40))
    (folder / "points.csv").write_text(f"x,y,kind\n{rows}", encoding="utf-8")
    modelspec.train(folder / "points.yaml", output=folder / "run")
    return folder


@pytest.fixture
def folder(trained: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    copy = tmp_path / "copy"
    shutil.copytree(trained, copy)
    data = json.loads((copy / "run/data.json").read_text(encoding="utf-8"))
    data["folder"] = str(copy)
    (copy / "run/data.json").write_text(json.dumps(data), encoding="utf-8")
    return copy


def _outcome(capsys: pytest.CaptureFixture[str], *words: Any) -> tuple[int, str, str]:
    code = run_command(["reproduce", *map(str, words)])
    said = capsys.readouterr()
    return code, said.out, said.err


def test_the_same_bits(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = _outcome(capsys, folder / "run", "-o", folder / "again")
    assert (code, out) == (0, "the same bits\n")
    assert read_lock(folder / "again").data == read_lock(folder / "run").data
    assert "modelspec reproduce" in read_lock(folder / "again").command


@pytest.mark.slow
def test_a_run_that_was_resumed_for_longer(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    modelspec.train(folder / "points.yaml", output=folder / "long", pause_after=1)
    modelspec.train(resume=folder / "long", overrides={"training.epochs": 3})
    code, out, _ = _outcome(capsys, folder / "long")
    assert (code, out) == (0, "the same bits\n")


@pytest.mark.slow
def test_other_data_is_named(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with (folder / "points.csv").open("a", encoding="utf-8") as file:
        file.write("1,1,a\n")
    code, out, err = _outcome(capsys, folder / "run")
    assert code == 4
    assert out.startswith("other bits: epoch 1: `loss` was ")
    assert "data of the split train: " in err


@pytest.mark.slow
def test_another_version_is_named(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = folder / "run/lock.json"
    lock = json.loads(file.read_text(encoding="utf-8"))
    lock["surroundings"]["packages"]["numpy"] = "0.1"
    lock["surroundings"]["processor"]["flags"] = ["avx9"]
    file.write_text(json.dumps(lock), encoding="utf-8")
    code, out, _ = _outcome(capsys, folder / "run", "--format", "json")
    found = json.loads(out)
    assert code == 0 and found["same_bits"]
    assert found["surroundings"][0].startswith("package numpy: 0.1 in the lock, now ")
    assert any(one.startswith("processor flags: avx9 ") for one in found["surroundings"])


@pytest.mark.slow
def test_a_weight_that_differs_is_named(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import keras

    model = keras.models.load_model(folder / "run/model.keras")
    weight = model.layers[-1].bias
    weight.assign(weight + 1)
    model.save(folder / "run/model.keras")
    code, out, err = _outcome(capsys, folder / "run")
    assert code == 4
    assert "other bits: the variable layers/dense/vars/1 differs in 2 of 2 values" in out
    assert "are those of the lock" in err


@pytest.mark.parametrize(
    ("change", "code", "said"),
    [
        (lambda run: (run / "lock.json").unlink(), 2, "lock.json is missing"),
        (lambda run: (run / "lock.json").write_text("{"), 3, "lock.json is damaged"),
        (lambda run: (run / "lock.json").write_text('{"version": 9}'), 3, "has version 9"),
        (lambda run: (run / "spec.expanded.yaml").write_text("a: 1"), 3, "was changed"),
        (lambda run: (run / "run.json").unlink(), 2, "is not a run folder"),
        (lambda run: (run / "run.json").write_text('{"status": "paused"}'), 2, "no end to compare"),
        (lambda run: (run.parent / "points.csv").unlink(), 1, 'there is no file "points.csv"'),
    ],
)
def test_what_cannot_be_done_again_is_said(
    change: Any, code: int, said: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change(folder / "run")
    found, out, err = _outcome(capsys, folder / "run")
    assert found == code
    assert said in out + err


def test_variables_are_as_they_were(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in deciding_variables(os.environ):
        monkeypatch.delenv(name)
    monkeypatch.setenv("TF_ENABLE_ONEDNN_OPTS", "1")
    monkeypatch.setenv("XLA_FLAGS", "--x")
    monkeypatch.setenv("TF_CPP_MIN_LOG_LEVEL", "3")
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0")
    assert [*deciding_variables(os.environ)] == [
        "CUDA_VISIBLE_DEVICES",
        "TF_ENABLE_ONEDNN_OPTS",
        "XLA_FLAGS",
    ]
    changed = restore_variables({"TF_ENABLE_ONEDNN_OPTS": "0", "CUDA_VISIBLE_DEVICES": "1"})
    assert changed == ["XLA_FLAGS is left out", "TF_ENABLE_ONEDNN_OPTS=0"]
    assert os.environ["CUDA_VISIBLE_DEVICES"] == "0"
    monkeypatch.setenv("XLA_FLAGS", "")  # so that it is taken back


def test_the_processor_is_known_where_the_system_tells(tmp_path: Path) -> None:
    assert hardware_flags(tmp_path / "none") == {}
    (tmp_path / "cpuinfo").write_text("model name : A 1\nflags : fpu sse2 avx fma\n")
    assert hardware_flags(tmp_path / "cpuinfo") == {"model": "A 1", "flags": ["avx", "fma", "sse2"]}
