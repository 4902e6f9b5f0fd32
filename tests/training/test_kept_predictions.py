"""What a run says of its splits is kept in its folder, made once, and anew when it is stale."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from training_cases import CLASSIFIER, CSV, REGRESSION, TWO_OUTPUTS, changed

from modelspec.api import evaluate_in_detail, predict, predictions_of, train
from modelspec.cli import run as command
from modelspec.diagnostics import CannotRunError, SpecError, UsageError
from modelspec.evaluation import curves_of
from modelspec.runs import OutputKind, RunFile

pytestmark = pytest.mark.tensorflow

BINARY = changed(
    CLASSIFIER,
    ("units: 2, activation: softmax", "units: 1"),
    ("loss: sparse_categorical_crossentropy", "loss: {BinaryCrossentropy: {from_logits: true}}"),
    ("  inputs: [a, b]", "  inputs: [a, b]\n  sample_weight: y"),
)

WITHOUT_TENSORFLOW = """
import sys
from modelspec.api import predictions_of
found = predictions_of(sys.argv[1])
assert not {"tensorflow", "keras", "sklearn"} & set(sys.modules), "TensorFlow was started"
print(len(found))
"""


def count_predictions(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    from modelspec.training.predict import KerasPredictor

    calls: list[int] = []
    real = KerasPredictor.with_masks

    def with_masks(self: KerasPredictor, examples: Any) -> Any:
        calls.append(1)
        return real(self, examples)

    monkeypatch.setattr(KerasPredictor, "with_masks", with_masks)
    return calls


def test_the_predictions_are_made_once(
    fit: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    fit(BINARY, {"t.csv": CSV})
    run, calls = tmp_path / "run", count_predictions(monkeypatch)
    made = evaluate_in_detail(run).predictions
    assert made is not None and len(calls) == 1
    before = (run / RunFile.PREDICTIONS).stat().st_mtime_ns
    kept = predictions_of(run)
    assert len(calls) == 1
    output, same = kept.outputs["kind"], made.outputs["kind"]
    assert output.kind is OutputKind.BINARY and output.labels == ("neg", "pos")
    assert output.scores.tolist() == same.scores.tolist(), "probabilities of logits"
    said = predict(run, split="test", positive=True)
    assert output.scores == pytest.approx(said["kind_pos"], abs=1e-7)
    assert [output.labels[i] for i in output.truth] == said["kind_truth"].tolist()
    assert kept.places["row"].tolist() == said["row"].tolist()
    lines = [line.split(",") for line in CSV.splitlines()]
    rows = [lines[row - 1] for row in kept.places["row"]]
    assert kept.columns["a"].tolist() == [int(row[0]) for row in rows]
    assert kept.columns["kind"].tolist() == [row[2] for row in rows]
    assert output.weights is not None and output.weights.tolist() == [float(r[3]) for r in rows]
    capsys.readouterr()
    assert command(["evaluate", str(run), "--format", "json", "--curves", f"{run}.png"]) == 0
    (area,) = json.loads(capsys.readouterr().out)["outputs"]["kind"]["curves"]["classes"]
    curves = curves_of(output)
    assert curves is not None and area == curves.classes[0].to_dict()
    assert Path(f"{run}.png").read_bytes()[:4] == b"\x89PNG"
    assert command(["evaluate", str(run)]) == 0
    assert "areas under the ROC and the precision-recall curve" in capsys.readouterr().out
    predictions_of(run, "validation")
    assert (run / RunFile.PREDICTIONS).stat().st_mtime_ns > before, "another split was added"
    assert predictions_of(run).outputs["kind"].scores.tolist() == output.scores.tolist()
    code = subprocess.run(
        [sys.executable, "-c", WITHOUT_TENSORFLOW, str(run)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert code.stdout.strip() == str(len(kept)), code.stderr


def test_what_is_stale_is_made_anew(
    fit: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    apart = changed(CLASSIFIER, ("  test: 0.2\n", "  test: {csv: other.csv}\n"))
    fit(apart, {"t.csv": CSV, "other.csv": CSV})
    run, calls = tmp_path / "run", count_predictions(monkeypatch)
    assert len(predictions_of(run)) == 70
    assert len(predictions_of(run)) == 70 and len(calls) == 1
    shorter = "\n".join(CSV.splitlines()[:31]) + "\n"
    (tmp_path / "other.csv").write_text(shorter)
    assert len(predictions_of(run)) == 30 and len(calls) == 2, "the file of the split changed"
    (tmp_path / "t.csv").write_text(shorter)
    assert len(predictions_of(run)) == 30 and len(calls) == 2, "of which train is no part"
    (tmp_path / "other.csv").unlink()
    assert len(predictions_of(run)) == 30 and len(calls) == 2, "nothing is known of a file gone"
    (tmp_path / "other.csv").write_text(CSV)
    (run / RunFile.PREDICTIONS).write_bytes(b"PAR1")
    assert len(predictions_of(run)) == 70 and len(calls) == 3, "a damaged file is replaced"
    first = predictions_of(run).outputs["kind"].scores
    (tmp_path / "t.csv").write_text(CSV)
    train(tmp_path / "spec.yaml", output=run, force=True, overrides={"training.epochs": 1})
    assert not (run / RunFile.PREDICTIONS).exists()
    assert predictions_of(run).outputs["kind"].scores.tolist() != first.tolist()
    weights = run / RunFile.MODEL
    weights.write_bytes(weights.read_bytes()[:-100])
    with pytest.raises(CannotRunError, match="cannot be read"):  # other weights, and damaged ones
        predictions_of(run)
    with pytest.raises(UsageError, match="a split is train, validation or test, got 'tests'"):
        predictions_of(run, "tests")


def test_a_split_of_changed_data_is_refused(fit: Any, tmp_path: Path) -> None:
    fit(REGRESSION, {"t.csv": CSV})
    with pytest.raises(UsageError, match="there are no curves to draw"):
        evaluate_in_detail(tmp_path / "run", curves=tmp_path / "curves.png")
    found = predictions_of(tmp_path / "run")
    assert found.outputs["y"].columns == ("y",) and found.outputs["y"].scores.shape[1] == 1
    (tmp_path / "t.csv").write_text(CSV + "1,1,pos,3\n")
    with pytest.raises(SpecError, match="changed since the training"):
        predictions_of(tmp_path / "run")
    with pytest.raises(UsageError, match="has no `validation` split"):
        predictions_of(tmp_path / "run", "validation")


def test_several_outputs_and_folds(fit: Any, tmp_path: Path) -> None:
    spec = changed(
        TWO_OUTPUTS, ("outputs: OUTPUTS", "outputs: [zahl, art]"), ("epochs: 40", "epochs: 1")
    )
    assert not isinstance(fit(spec, {"t.csv": CSV}), Exception)
    found = predictions_of(tmp_path / "run", "train")
    kinds = {name: one.kind for name, one in found.outputs.items()}
    assert kinds == {"zahl": OutputKind.NUMBERS, "art": OutputKind.CLASSES}
    assert not found.left_out and len(found) == len(found.places["row"])
    folded = changed(
        CLASSIFIER, ("  validation: 0.2\n", "  folds: 2\n"), ("epochs: 2", "epochs: 1")
    )
    fit(folded, {}, output=tmp_path / "folds")
    with pytest.raises(UsageError, match="has a run for each fold: name one of them"):
        predictions_of(tmp_path / "folds")
    said = predict(tmp_path / "folds" / "fold-1", split="validation")
    of_fold = predictions_of(tmp_path / "folds" / "fold-1", "validation")
    assert of_fold.places["row"].tolist() == said["row"].tolist()


def test_an_ignored_class_does_not_count(fit: Any, tmp_path: Path) -> None:
    loss = "{SparseCategoricalCrossentropy: {ignore_class: 0}}"
    spec = changed(CLASSIFIER, ("loss: sparse_categorical_crossentropy", f"loss: {loss}"))
    fit(spec, {"t.csv": CSV})
    output = predictions_of(tmp_path / "run").outputs["kind"]
    assert set(output.truth.tolist()) == {-1, 1} and len(output.counted()) < len(output)
