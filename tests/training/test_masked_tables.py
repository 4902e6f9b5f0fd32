"""The tables of `evaluate` count what the metrics count."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from training_cases import CLASSIFIER, CSV

from modelspec.training.evaluate.evaluate import EvaluationOptions, evaluate_run

pytestmark = pytest.mark.tensorflow

STEPS = """
modelspec: 1
model:
  sequential:
    input: {shape: [6, 2]}
    layers:
      - Masking
      - LSTM: {units: 4, return_sequences: true}
      - Dense: {units: 3, activation: softmax, name: tag}
data:
  train: {npz: t.npz}
  test: 0.5
  inputs: x
  targets: y
training:
  optimizer: adam
  loss: LOSS
  metrics: [accuracy, {MeanIoU: {num_classes: 3, sparse_y_pred: false, name: iou}}]
"""


@pytest.mark.parametrize(
    ("loss", "padding"),
    [
        ("sparse_categorical_crossentropy", 0),
        ("{SparseCategoricalCrossentropy: {ignore_class: -1}}", -1),
    ],
)
def test_padding_is_in_no_table(fit: Any, tmp_path: Path, loss: str, padding: int) -> None:
    random = np.random.default_rng(0)
    x = random.normal(size=(40, 6, 2)).astype(np.float32)
    y = random.integers(0, 3, (40, 6, 1)).astype(np.int32)
    x[:, 4:], y[:, 4:] = 0, padding
    np.savez(tmp_path / "t.npz", x=x, y=y)
    run = fit(STEPS.replace("LOSS", loss))
    found = evaluate_run(run.path)
    (table,) = found.confusions
    assert table.counts.sum() == 20 * 4
    assert table.accuracy == pytest.approx(found.metrics["test_accuracy"], abs=1e-6)
    right, both = np.diag(table.counts), table.counts.sum(axis=0) + table.counts.sum(axis=1)
    iou = np.mean(right / (both - right))
    assert found.metrics["test_iou"] == pytest.approx(iou, abs=1e-6)


def test_the_metrics_are_at_the_threshold_or_it_is_said(fit: Any) -> None:
    text = CLASSIFIER.replace("units: 2, activation: softmax", "units: 1, activation: sigmoid")
    text = text.replace("sparse_categorical", "binary")
    metrics = "[accuracy, AUC, {Precision: {name: p}}, {Recall: {thresholds: 0.2, name: r}}]"
    run = fit(text.replace("metrics: [accuracy]", f"metrics: {metrics}"), {"t.csv": CSV})
    usual = evaluate_run(run.path)
    assert usual.notes == ()
    for threshold in (0.0, 0.48, 1.0):
        found = evaluate_run(run.path, EvaluationOptions(threshold=threshold))
        (table,) = found.confusions
        assert found.metrics["test_accuracy"] == pytest.approx(table.accuracy, abs=1e-6)
        (_, false), (_, true) = table.counts.tolist()
        wanted = true / (true + false) if true + false else 0.0
        assert found.metrics["test_p"] == pytest.approx(wanted, abs=1e-6)
        for name in ("test_loss", "test_AUC", "test_r"):
            assert found.metrics[name] == pytest.approx(usual.metrics[name], abs=1e-6)
        assert found.notes == (f"r is not at {threshold:g}: has a threshold in the spec",)


def test_a_threshold_for_several_classes_is_refused(fit: Any) -> None:
    from modelspec import UsageError, predict

    run = fit(CLASSIFIER, {"t.csv": CSV})
    for use in (
        lambda: evaluate_run(run.path, EvaluationOptions(threshold=0.5)),
        lambda: predict(run.path, "t.csv", threshold=0.3),
    ):
        with pytest.raises(UsageError, match="--threshold is for an output of two classes, and"):
            use()
