"""`evaluate`: every split, other files, and how classes are told apart."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from training_cases import CLASSIFIER, CSV, REGRESSION, SPECS, TWO_OUTPUTS, changed

from modelspec.api.predicting import evaluate, evaluate_in_detail, predict
from modelspec.cli import run as command
from modelspec.diagnostics.problems import CannotRunError, UsageError

FILES = {"t.csv": CSV}


def test_shares_of_classes_and_their_text() -> None:
    np = pytest.importorskip("numpy")
    from modelspec.training.evaluate.confusion_views import confusion_text
    from modelspec.training.saved_predictions.confusions import ConfusionCounter

    meaning = {"kind": "classes", "labels": ["a", "b", "c"], "from_logits": True, "columns": []}
    counter = ConfusionCounter("y", meaning)
    for truth, said in (([0, 0, 0, 1], [0, 0, 1, 1]), ([1], [0])):
        counter.add(np.asarray(truth)[:, None], np.eye(3)[said] * 5)
    found = counter.result()
    assert found is not None
    assert confusion_text(found) == (
        "y: 0.6000 of the predictions are right\n"
        "\n"
        "class  precision  recall      f1  support\n"
        "─────  ─────────  ──────  ──────  ───────\n"
        "a         0.6667  0.6667  0.6667        3\n"
        "b         0.5000  0.5000  0.5000        2\n"
        "c              -       -       -        0\n"
        "mean      0.5833  0.5833  0.5833        5\n"
        "\n"
        "truth  -> a  -> b  -> c\n"
        "─────  ────  ────  ────\n"
        "a         2     1     0\n"
        "b         1     1     0\n"
        "c         0     0     0\n"
    )


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0.0000"),
        (0.25, "0.2500"),
        (1234.5, "1234.5000"),
        (0.000012345, "1.234e-05"),
        (1.4367813010638723e28, "1.437e+28"),
        (float("nan"), "nan"),
    ],
)
def test_a_value_has_digits_that_say_something(value: float, text: str) -> None:
    from modelspec.commands.evaluate import _figure

    assert _figure(value) == text


def test_one_hot_targets_and_thresholds() -> None:
    np = pytest.importorskip("numpy")
    from modelspec.training.saved_predictions.confusions import ConfusionCounter

    one_hot = ConfusionCounter(
        "y", {"kind": "classes", "labels": None, "from_logits": False, "columns": []}
    )
    given = [[0.8, 0.1, 0.1], [0.2, 0.7, 0.1], [0.6, 0.3, 0.1]]
    one_hot.add(np.eye(3)[[0, 1, 2]], np.asarray(given))
    assert one_hot.result().counts.tolist() == [[1, 0, 0], [0, 1, 0], [1, 0, 0]]
    assert one_hot.result().labels == ("0", "1", "2")
    meaning = {"kind": "binary", "labels": ["no", "yes"], "from_logits": True, "columns": []}
    for threshold, wanted in ((0.5, [[1, 1], [0, 2]]), (0.9, [[2, 0], [1, 1]])):
        binary = ConfusionCounter("y", meaning, threshold)
        binary.add(np.asarray([[0], [0], [1], [1]]), np.asarray([[-3.0], [1.0], [1.0], [4.0]]))
        assert binary.result().counts.tolist() == wanted


@pytest.mark.xdist_group("trained-runs")
@pytest.mark.tensorflow
def test_the_tables_agree_with_the_metrics_and_the_predictions(trained: Any) -> None:
    run = trained("penguins")
    found = evaluate_in_detail(run.path)
    assert found.missed == []
    for one in found.confusions:
        assert one.accuracy == pytest.approx(found.metrics[f"test_{one.output}_accuracy"], abs=1e-6)
    whole = evaluate_in_detail(run.path, SPECS / "data" / "penguins.csv")
    said = predict(run.path, SPECS / "data" / "penguins.csv")
    species, sex = whole.confusions
    assert species.labels == ("Adelie", "Chinstrap", "Gentoo")
    assert sex.labels == ("female", "male")
    with (SPECS / "data" / "penguins.csv").open() as file:
        truth = list(csv.DictReader(file))
    for one in (species, sex):  # the rows without a sex are dropped
        pairs = [
            (row[one.output], answer)
            for row, answer in zip(truth, said[one.output], strict=True)
            if row["sex"] != "NA"
        ]
        wanted = [[pairs.count((a, b)) for b in one.labels] for a in one.labels]
        assert one.counts.tolist() == wanted


@pytest.mark.tensorflow
def test_every_split_is_the_one_of_the_training(fit: Any) -> None:
    run = fit(CLASSIFIER, FILES)
    sizes = {}
    for split, prefix in (("train", "train_"), ("validation", "val_"), ("test", "test_")):
        found = evaluate_in_detail(run.path, split=split)
        assert set(found.metrics) == {f"{prefix}loss", f"{prefix}accuracy"}
        sizes[split] = int(found.confusions[0].counts.sum())
        if split != "train":
            for name, value in found.metrics.items():
                assert value == pytest.approx(run.metrics[name], rel=1e-5)
    assert sizes == {"train": 42, "validation": 14, "test": 14}


@pytest.mark.tensorflow
def test_a_run_without_its_model_says_how_to_have_one(fit: Any) -> None:
    run = fit(CLASSIFIER, FILES)
    model = run.path / "model.keras"
    model.unlink()
    with pytest.raises(CannotRunError, match=r"model\.keras is missing; train the spec"):
        evaluate(run.path)


@pytest.mark.tensorflow
def test_splits_that_are_not_there(fit: Any) -> None:
    run = fit(REGRESSION, FILES)
    with pytest.raises(UsageError, match="has no `validation` split"):
        evaluate(run.path, split="validation")
    with pytest.raises(UsageError, match="no output of the run tells classes apart"):
        evaluate_in_detail(run.path, picture=run.path / "c.png")
    assert evaluate_in_detail(run.path).confusions == []


@pytest.mark.tensorflow
def test_the_command(
    fit: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = changed(TWO_OUTPUTS, ("OUTPUTS", "[zahl, art]"))
    run = fit(f"{spec}expect: {{metrics: {{val_zahl_mae: {{max: 0}}}}}}\n", FILES)
    capsys.readouterr()
    picture = tmp_path / "c.png"
    args = ["evaluate", str(run.path), "--split", "validation", "--confusion", str(picture)]
    assert command([*args, "--format", "json"]) == 4
    said = capsys.readouterr()
    found = json.loads(said.out)
    assert found["outputs"].keys() == {"art", "zahl"}
    assert list(found["outputs"]["zahl"]) == ["baseline"]
    assert found["outputs"]["art"]["labels"] == ["neg", "pos"]
    assert found["missed"][0]["name"] == "val_zahl_mae"
    assert "missed: " in said.err
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert command([*args[:2], "--data", str(tmp_path / "t.csv")]) == 0
    assert "of the predictions are right" in capsys.readouterr().out
    assert command([*args, "--data", str(tmp_path / "t.csv")]) == 2
