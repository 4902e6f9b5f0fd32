"""Targets with a column for each label: one-hot."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from training_cases import CLASSIFIER, CSV

from modelspec.training.evaluate import EvaluationOptions, evaluate_run
from modelspec.training.predict import predict_run

pytestmark = pytest.mark.tensorflow

ONE_HOT = CLASSIFIER.replace("labels: auto", "labels: auto, one_hot: true")


@pytest.mark.parametrize(
    "loss",
    [
        "{CategoricalCrossentropy: {label_smoothing: 0.1}}",
        pytest.param("{CategoricalFocalCrossentropy: {alpha: 0.3}}", marks=pytest.mark.slow),
        pytest.param("kl_divergence", marks=pytest.mark.slow),
    ],
)
def test_one_hot_suits_losses_of_columns(fit: Any, tmp_path: Path, loss: str) -> None:
    text = ONE_HOT.replace("sparse_categorical_crossentropy", loss)
    run = fit(text.replace("epochs: 2", "epochs: 1"), {"t.csv": CSV})
    found = evaluate_run(run.path, EvaluationOptions(data=tmp_path / "t.csv"))
    (table,) = found.confusions
    assert table.labels == ("neg", "pos")
    assert table.accuracy == pytest.approx(found.metrics["accuracy"], abs=1e-6)
    predicted = predict_run(run.path, tmp_path / "t.csv")["kind"]
    truth = np.array([line.split(",")[2] for line in CSV.splitlines()[1:]])
    assert np.mean(predicted == truth) == pytest.approx(table.accuracy, abs=1e-9)


def test_class_weights_are_those_of_class_numbers(fit: Any, tmp_path: Path) -> None:
    weight = "  class_weight: balanced\n"
    numbers = fit(CLASSIFIER + weight, {"t.csv": CSV}, output=tmp_path / "numbers")
    columns = fit(
        ONE_HOT.replace("sparse_categorical", "categorical") + weight,
        output=tmp_path / "columns",
    )
    for split, values in numbers.metrics.items():
        assert columns.metrics[split] == pytest.approx(values, abs=1e-5)
