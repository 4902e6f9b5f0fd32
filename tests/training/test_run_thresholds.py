"""`training.threshold`: chosen at the end, recorded, and used wherever the run decides."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from training_cases import changed

from modelspec.api import evaluate_in_detail, predict, predictions_of, train
from modelspec.cli import run as command
from modelspec.diagnostics import Span
from modelspec.evaluation import choose_threshold
from modelspec.runs import RunFile, read_status
from modelspec.spec.training import ThresholdGoal

pytestmark = [pytest.mark.tensorflow, pytest.mark.xdist_group("thresholds")]

SPEC = """
modelspec: 1
model:
  functional:
    inputs: {row: {shape: [2]}}
    layers:
      body: {Dense: {units: 4, activation: relu}}
      churn: {Dense: {units: 1, activation: sigmoid}}
      tags: {Dense: {units: 3, activation: sigmoid}}
    edges:
      - row -> body -> churn
      - body -> tags
    outputs: [churn, tags]
data:
  train: {csv: t.csv}
  validation: 0.3
  test: 0.2
  inputs: [a, b]
  targets:
    churn: {column: churn, labels: [stays, goes]}
    tags: {column: tags, labels: auto, multi_hot: true, split: "|"}
training:
  epochs: 2
  optimizer: {Adam: {learning_rate: 0.05}}
  loss: {churn: binary_crossentropy, tags: binary_crossentropy}
  metrics: {churn: [accuracy, Precision], tags: [BinaryAccuracy]}
  threshold:
    churn: {max: recall, precision: {min: 0.4}}
    tags: {cost: {false_positive: 1, false_negative: 3}}
"""


def table() -> str:
    draw = random.Random(4)
    lines = ["a,b,churn,tags"]
    for _ in range(200):
        a, b = draw.gauss(0, 1), draw.gauss(0, 1)
        goes = draw.random() < 1 / (1 + np.exp(1.5 - a - b))
        tags = ["w"]  # a list of none would be a gap
        tags += [tag for tag, at in (("x", a), ("y", b)) if draw.random() < 0.2 + at / 4]
        lines.append(f"{a:.3f},{b:.3f},{'goes' if goes else 'stays'},{'|'.join(tags)}")
    return "\n".join([*lines, ""])


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("thresholds")
    (folder / "t.csv").write_text(table())
    (folder / "spec.yaml").write_text(SPEC)
    return train(folder / "spec.yaml", output=folder / "run")


def thresholds(run: Path) -> dict[str, Any]:
    outputs = json.loads((run / RunFile.DATA).read_text())["outputs"]
    return {name: meaning.get("threshold") for name, meaning in outputs.items()}


def test_they_are_chosen_on_the_validation_split(run: Any) -> None:
    found, split = thresholds(run.path), predictions_of(run.path, "validation")
    assert not run.missed
    assert split.outputs["churn"].threshold == found["churn"]
    somewhere = Span("spec.yaml", 1, 1, 1, 2)
    goals = {
        "churn": ThresholdGoal(somewhere, None, "recall", 1.0, {"precision": 0.4}),
        "tags": ThresholdGoal(somewhere, costs=(1, 3)),
    }
    for name, goal in goals.items():
        chosen = choose_threshold(split.outputs[name], goal)
        assert found[name] == chosen.threshold != 0.5
    log = (run.path / RunFile.LOG).read_text()
    assert f"threshold of churn: {found['churn']:g} (recall " in log


def test_all_that_decides_decides_at_them(run: Any, capsys: pytest.CaptureFixture[str]) -> None:
    found, split = thresholds(run.path), predictions_of(run.path)
    churn, tags = split.outputs["churn"], split.outputs["tags"]
    said = predict(run.path, split="test", every_class=True)
    goes = said["churn_goes"] > found["churn"]
    assert (said["churn"] == np.where(goes, "goes", "stays")).all()
    assert (churn.decisions() == goes).all()
    assert goes.sum() != (said["churn_goes"] > 0.5).sum()
    words = [[label for i, label in enumerate(tags.labels) if row[i]] for row in tags.decisions()]
    assert said["tags"].tolist() == words
    details = evaluate_in_detail(run.path)
    (confusion,), (labels,) = details.confusions, details.label_scores
    assert (confusion.threshold, labels.threshold) == (found["churn"], found["tags"])
    accuracy = (churn.decisions() == churn.truth).mean()
    assert confusion.accuracy == pytest.approx(accuracy)
    right = (tags.decisions() == tags.truth).mean()
    written = json.loads((run.path / RunFile.METRICS).read_text())["test"]
    for metrics, prefix in ((details.metrics, "test_"), (run.metrics, "test_"), (written, "")):
        assert metrics[f"{prefix}churn_accuracy"] == pytest.approx(accuracy, rel=1e-6)
        assert metrics[f"{prefix}tags_BinaryAccuracy"] == pytest.approx(right, rel=1e-6)
    assert command(["predict", str(run.path), "--split", "test", "--threshold", "0.5"]) == 0
    rows = capsys.readouterr().out.splitlines()[1:]
    assert sum(",goes,goes," in row or ",stays,goes," in row for row in rows) == sum(
        said["churn_goes"] > 0.5
    )
    at_half = evaluate_in_detail(run.path, threshold=0.5)
    assert at_half.confusions[0].threshold == 0.5
    assert at_half.confusions[0].counts.tolist() != confusion.counts.tolist()


def test_a_goal_that_nothing_meets_is_missed_and_the_run_complete(
    run: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    goal = "max: f1, precision: {min: 0.9}, recall: {min: 0.9}"
    text = changed(SPEC, ("max: recall, precision: {min: 0.4}", goal), ("epochs: 2", "epochs: 1"))
    (tmp_path / "t.csv").write_text(table())
    (tmp_path / "spec.yaml").write_text(text)
    assert command(["train", str(tmp_path / "spec.yaml"), "-o", str(tmp_path / "run")]) == 4
    said = capsys.readouterr().err
    assert (
        "error: `threshold.churn.precision` must be at least 0.9 at some threshold, and 0." in said
    )
    assert "is the most that one reaches on the validation split, so that 0.5 stays" in said
    assert read_status(tmp_path / "run")["status"] == "complete"
    assert thresholds(tmp_path / "run")["churn"] is None
    assert thresholds(tmp_path / "run")["tags"] is not None
    missed = json.loads((tmp_path / "run" / RunFile.METRICS).read_text())["missed"]
    assert "threshold.churn.precision" in [one["name"] for one in missed]


@pytest.mark.slow
def test_a_resumed_training_chooses_the_same(run: Any, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(table())
    (tmp_path / "spec.yaml").write_text(SPEC)
    spec, to = tmp_path / "spec.yaml", tmp_path / "run"
    train(spec, output=to, pause_after=1)
    assert thresholds(to) == {"churn": None, "tags": None}
    train(resume=to)
    assert thresholds(to) == thresholds(run.path)
    # other thresholds of a longer training, of which one is written
    (tmp_path / "spec.yaml").write_text(
        changed(SPEC, ("epochs: 2", "epochs: 3"), ("tags: {cost", "tags: 0.3\n#   {cost"))
    )
    train(resume=to)
    assert thresholds(to)["tags"] == 0.3 and thresholds(to)["churn"] is not None


@pytest.mark.slow
def test_each_fold_has_its_own_and_their_mean_decides_together(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(table())
    text = changed(SPEC, ("  validation: 0.3\n", "  folds: 2\n"), ("epochs: 2", "epochs: 1"))
    (tmp_path / "spec.yaml").write_text(text)
    train(tmp_path / "spec.yaml", output=tmp_path / "run")
    each = [thresholds(tmp_path / "run" / f"fold-{number}")["churn"] for number in (1, 2)]
    assert None not in each and each[0] != each[1]
    said = predict(tmp_path / "run", split="test", positive=True)
    above = said["churn_goes"] > sum(each) / 2
    assert ((said["churn"] == "goes") == above).all()


@pytest.mark.slow
@pytest.mark.parametrize("form", ["onnx", "litert", "keras"])
def test_exports_decide_as_the_run_does(
    run: Any, form: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from modelspec.api import export

    pytest.importorskip({"onnx": "onnxruntime", "litert": "ai_edge_litert"}.get(form, "keras"))
    file = tmp_path / {"onnx": "m.onnx", "litert": "m.tflite", "keras": "m.keras"}[form]
    export(run.path, form, file)
    data = run.path.parent / "t.csv"
    by_run, by_export = predict(run.path, data), predict(file, data)
    assert by_run["churn"].tolist() == by_export["churn"].tolist()
    assert by_run["tags"].tolist() == by_export["tags"].tolist()
    of_run, of_export = evaluate_in_detail(run.path), evaluate_in_detail(file)
    assert of_run.confusions[0].counts.tolist() == of_export.confusions[0].counts.tolist()
    assert of_export.confusions[0].threshold == thresholds(run.path)["churn"]
    assert of_export.metrics["test_churn_accuracy"] == pytest.approx(
        of_run.metrics["test_churn_accuracy"]
    )
