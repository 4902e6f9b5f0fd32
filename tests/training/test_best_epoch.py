"""`checkpoint: {use: best}`: everything that is made of a run is made of its best epoch."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from training_cases import CLASSIFIER, CSV, REGRESSION, changed

from modelspec.api.exporting import export
from modelspec.api.predicting import evaluate, predict
from modelspec.api.training import train
from modelspec.runs.record import read_record
from modelspec.training.stop_signals import InterruptedRunError

pytestmark = pytest.mark.tensorflow

# the largest loss is that of the first epoch, which no training ends with
BEST = "  epochs: 3\n  checkpoint: {monitor: loss, mode: max, use: best}\n"
SPEC = changed(CLASSIFIER, ("  epochs: 2\n", BEST))
FILES = {"t.csv": CSV}


@pytest.mark.xdist_group("best-epoch")
def test_the_model_is_that_of_the_best_epoch(fit: Any, tmp_path: Path) -> None:
    run = fit(SPEC, FILES)
    first = run.path / "checkpoints" / "epoch-0001.keras"
    assert [file.name for file in first.parent.glob("*.keras")] == [first.name]
    assert (run.path / "model.keras").read_bytes() == first.read_bytes()

    recorded = json.loads((run.path / "metrics.json").read_text())
    loss = run.history["loss"]
    assert recorded["best"] == {"epoch": 1, "monitor": "loss", "value": loss[0]}
    assert (recorded["epochs"], recorded["train"]["loss"]) == (3, loss[0])
    assert recorded["validation"]["loss"] == pytest.approx(run.history["val_loss"][0])
    read = read_record(run.path)
    assert read.best is not None
    assert (read.best.epoch, read.done) == (1, 3)
    assert "best epoch 1 (loss " in (run.path / "train.log").read_text()

    measured = evaluate(first)[0]
    assert evaluate(run.path)[0] == measured == evaluate(run)[0]
    assert measured == {name: value for name, value in run.metrics.items() if "test_" in name}
    exported = export(run.path, "keras", tmp_path / "out.keras")
    assert evaluate(exported)[0] == measured
    said = [predict(one, tmp_path / "t.csv") for one in (run.path, first, exported)]
    for column in said[0]:
        assert said[0][column].tolist() == said[1][column].tolist() == said[2][column].tolist()


@pytest.mark.xdist_group("best-epoch")
@pytest.mark.parametrize("place", [(2, 1), pytest.param((3, 0), marks=pytest.mark.slow)])
def test_a_killed_run_uses_the_same_epoch(
    fit: Any, stop_at: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: tuple[int, int]
) -> None:
    whole = fit(SPEC, FILES)
    stop_at(*place)
    assert isinstance(fit(SPEC, output=tmp_path / "ended"), InterruptedRunError)
    monkeypatch.undo()
    resumed: Any = train(resume=tmp_path / "ended")
    assert resumed.metrics == whole.metrics
    files = [path / "metrics.json" for path in (whole.path, resumed.path)]
    assert files[0].read_text() == files[1].read_text()


def test_equal_epochs_are_said(fit: Any) -> None:
    changes = ("learning_rate: 0.05", "learning_rate: 0.0"), ("loss, mode: max", "accuracy")
    run = fit(changed(SPEC, *changes, ("epochs: 3", "epochs: 2")), FILES)
    (note,) = run.findings
    assert (note.code, note.span.line) == ("best-epoch-tied", 17)
    assert note.message.endswith("the model is that of the first, epoch 1")


@pytest.mark.slow
def test_no_epoch_with_a_number_is_said(fit: Any) -> None:
    changes = (
        ("{Adam: {learning_rate: 0.1}}", "{SGD: {learning_rate: 1.0e+30}}"),
        ("  epochs: 2\n", BEST),
    )
    run = fit(changed(REGRESSION, *changes), FILES)
    assert {finding.code for finding in run.findings} == {"no-best-epoch", "loss-not-finite"}
    assert "best" not in json.loads((run.path / "metrics.json").read_text())
