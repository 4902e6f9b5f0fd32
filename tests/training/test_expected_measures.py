"""Bounds on measures of predictions: at the end of a training, by `evaluate`, and over folds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from training_cases import CLASSIFIER, CSV, changed

from modelspec.api import evaluate, measure, predictions_of
from modelspec.evaluation import VALUES, curves_of
from modelspec.runs import MEASURES, RunFile

pytestmark = pytest.mark.tensorflow

EXPECTED = """
expect:
  metrics:
    test_roc_auc: {min: 0.01}
    val_average_precision: {min: 1.01}
"""


def test_every_measure_has_its_function() -> None:
    assert set(MEASURES) == set(VALUES)


def test_a_measure_is_expected_of_a_training(
    fit: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = fit(CLASSIFIER + EXPECTED, {"t.csv": CSV})
    assert [str(miss).partition("error: ")[2] for miss in run.missed] == [
        f"`val_average_precision` must be at least 1.01, got "
        f"{run.metrics['val_average_precision']:.6g} [expectation-missed]"
    ]
    written = json.loads((run.path / RunFile.METRICS).read_text())
    assert written["test"]["roc_auc"] == run.metrics["test_roc_auc"]
    assert written["missed"][0]["name"] == "val_average_precision"
    monkeypatch.setattr("modelspec.framework.start_keras", pytest.fail)
    curves = curves_of(predictions_of(run.path).outputs["kind"])  # kept by the training
    assert curves is not None and curves.roc_auc == run.metrics["test_roc_auc"]
    (beside,) = measure(run.path, intervals=True).outputs
    assert beside.intervals["test_roc_auc"].value == run.metrics["test_roc_auc"]
    monkeypatch.undo()
    metrics, missed = evaluate(run.path, split="validation")
    assert metrics["val_average_precision"] == run.metrics["val_average_precision"]
    assert [miss.name for miss in missed] == ["val_average_precision"]
    metrics, missed = evaluate(run.path)
    assert metrics["test_roc_auc"] == run.metrics["test_roc_auc"] and not missed


def test_a_metric_of_keras_of_the_same_name_comes_first(fit: Any) -> None:
    text = changed(
        CLASSIFIER + EXPECTED,
        ("units: 2, activation: softmax", "units: 1, activation: sigmoid"),
        ("sparse_categorical", "binary"),
        ("[accuracy]", "[{AUC: {name: roc_auc, num_thresholds: 3}}]"),
    )
    run = fit(text, {"t.csv": CSV})
    curves = curves_of(predictions_of(run.path).outputs["kind"])
    assert curves is not None
    assert "roc_auc" in run.history and run.metrics["test_roc_auc"] != curves.roc_auc
    metrics, _ = evaluate(run.path)
    assert metrics["test_roc_auc"] == pytest.approx(run.metrics["test_roc_auc"])


def test_folds_have_the_mean(fit: Any) -> None:
    text = changed(
        CLASSIFIER + EXPECTED, ("  validation: 0.2\n", "  folds: 2\n"), ("epochs: 2", "epochs: 1")
    )
    group = fit(text, {"t.csv": CSV})
    each = [run.metrics["test_roc_auc"] for run in group.runs]
    assert group.metrics["test_roc_auc"] == pytest.approx(sum(each) / 2)
    assert [miss.name for miss in group.missed] == ["val_average_precision"]
