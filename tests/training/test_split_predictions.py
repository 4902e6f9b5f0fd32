"""`predict --split`: the rows of a run's own splits, with their truth, error and number."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from training_cases import CLASSIFIER, CSV, REGRESSION, changed

from modelspec.api.predicting import evaluate, predict
from modelspec.cli import run as command
from modelspec.diagnostics import UsageError

pytestmark = pytest.mark.tensorflow

LINES = [line.split(",") for line in CSV.splitlines()]

BINARY = changed(
    CLASSIFIER,
    ("units: 2, activation: softmax", "units: 1, activation: sigmoid"),
    ("sparse_categorical", "binary"),
)


def test_classes_agree_with_evaluate_to_the_digit(
    fit: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fit(BINARY, {"t.csv": CSV})
    path = str(tmp_path / "run")
    for split, prefix in (("test", "test"), ("validation", "val"), ("train", "train")):
        found = predict(path, split=split, keep=["y", "a"])
        assert list(found) == [
            "row", "y", "a", "kind_truth", "kind", "kind_probability", "kind_right"
        ]  # fmt: skip
        for row, y, truth in zip(found["row"], found["y"], found["kind_truth"], strict=True):
            assert LINES[row - 1][2:] == [truth, y]
        assert (found["kind_right"] == (found["kind"] == found["kind_truth"])).all()
        metrics, _ = evaluate(path, split=split)
        assert np.float32(found["kind_right"].mean()) == np.float32(metrics[f"{prefix}_accuracy"])
    capsys.readouterr()
    assert command(["predict", path, "--split", "test", "--positive"]) == 0
    out = capsys.readouterr()
    rows = list(csv.DictReader(io.StringIO(out.out)))
    assert list(rows[0]) == ["row", "kind_truth", "kind", "kind_pos", "kind_right"]
    assert all((float(row["kind_pos"]) > 0.5) == (row["kind"] == "pos") for row in rows)
    assert not out.err
    assert command(["predict", path, "--split", "test"]) == 0
    assert capsys.readouterr().err == (
        "`kind_probability` is the probability of the class that is predicted; --positive writes"
        ' that of "pos" as `kind_pos`\n'
    )
    with pytest.raises(UsageError, match=r"t.csv has no column `kin` to keep.*\"kind\""):
        predict(path, split="test", keep=["kin"])
    with pytest.raises(UsageError, match="give a file of new rows with --data, or a split"):
        predict(path)
    with pytest.raises(UsageError, match="--data and --split exclude each other"):
        predict(path, tmp_path / "t.csv", split="test")


def test_the_error_of_numbers_has_the_sign_of_what_is_predicted(fit: Any, tmp_path: Path) -> None:
    fit(REGRESSION, {"t.csv": CSV})
    found = predict(tmp_path / "run", split="test")
    assert list(found) == ["row", "y_truth", "y", "y_error"]
    assert found["y_error"] == pytest.approx(found["y"] - found["y_truth"])
    assert [LINES[row - 1][3] for row in found["row"]] == [f"{y:g}" for y in found["y_truth"]]
    metrics, _ = evaluate(tmp_path / "run")
    assert np.abs(found["y_error"]).mean() == pytest.approx(metrics["test_mae"], rel=1e-6)
    with pytest.raises(UsageError, match="no output has two classes, so there is no positive one"):
        predict(tmp_path / "run", split="test", positive=True)
    with pytest.raises(UsageError, match="has no `validation` split; give a file with --data"):
        predict(tmp_path / "run", split="validation")
    (tmp_path / "t.csv").write_bytes(CSV.replace("a,b", "ä,b").encode("cp1252"))
    assert command(["predict", str(tmp_path / "run"), "--data", str(tmp_path / "t.csv")]) == 1


def test_the_rows_that_folds_hold_out_are_predicted_by_their_fold(fit: Any, tmp_path: Path) -> None:
    folded = changed(BINARY, ("  validation: 0.2\n", "  folds: 2\n"), ("epochs: 2", "epochs: 1"))
    fit(folded, {"t.csv": CSV})
    found = predict(tmp_path / "run", split="validation")
    assert list(found)[:2] == ["fold", "row"]
    assert set(found["fold"]) == {1, 2}
    with (tmp_path / "run" / "out_of_fold.csv").open() as file:
        kept = {int(row["row"]): row for row in csv.DictReader(file)}
    assert len(kept) == len(found["row"])
    for index, row in enumerate(found["row"]):
        assert kept[row]["kind_truth"] == found["kind_truth"][index]
        assert int(kept[row]["fold"]) == found["fold"][index]
        said = float(kept[row]["kind_probability"])
        assert said == pytest.approx(found["kind_probability"][index], abs=1e-6)
    mean = predict(tmp_path / "run", split="test", positive=True)
    each = [predict(tmp_path / "run" / f"fold-{n}", split="test", positive=True) for n in (1, 2)]
    between = (each[0]["kind_pos"] + each[1]["kind_pos"]) / 2
    assert mean["kind_pos"] == pytest.approx(between, abs=1e-6)
    with pytest.raises(UsageError, match="each fold was trained on other rows"):
        predict(tmp_path / "run", split="train")
