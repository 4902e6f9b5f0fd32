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


def test_another_threshold_is_said(fit: Any) -> None:
    text = CLASSIFIER.replace("units: 2, activation: softmax", "units: 1, activation: sigmoid")
    run = fit(text.replace("sparse_categorical", "binary"), {"t.csv": CSV})
    assert evaluate_run(run.path).notes == ()
    (note,) = evaluate_run(run.path, EvaluationOptions(threshold=0.7)).notes
    assert "the table is at 0.7" in note
