"""Weights for each step: nothing counts what has weight 0."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from modelspec.diagnostics import SpecError
from modelspec.training.evaluate import Evaluation, evaluate_run

pytestmark = pytest.mark.tensorflow

SPEC = """
modelspec: 1
model:
  sequential:
    input: {shape: [null, 2]}
    layers:
      - Conv1D: {filters: 4, kernel_size: 1, activation: relu}
      - Dense: {units: 3, activation: softmax, name: tag}
data:
  train: {npz: t.npz}
  test: {npz: u.npz}
  validation: {npz: v.npz}
  inputs: x
  targets: TARGETS
  sample_weight: w
  batch_size: 16
training:
  epochs: 1
  optimizer: {SGD: {learning_rate: 0.5}}
  loss: LOSS
  metrics: METRICS
"""

CLASS_NUMBERS = (
    "sparse_categorical_crossentropy",
    "[accuracy, sparse_categorical_crossentropy,"
    " {MeanIoU: {num_classes: 3, sparse_y_pred: false, name: iou}}]",
)
COLUMNS = (
    "{CategoricalFocalCrossentropy: {label_smoothing: 0.1}}",
    "[accuracy, AUC, Precision, {OneHotMeanIoU: {num_classes: 3, name: iou}},"
    " {TopKCategoricalAccuracy: {k: 2, name: top}}]",
)
NUMBERS = ("mse", "[mae, RootMeanSquaredError, {Precision: {thresholds: 0.4, name: precision}}]")


def write(path: Path, seed: int, noise: int, steps: int, *, columns: bool) -> None:
    """Sequences of 3 to 6 steps whose padding is drawn with `noise`, up to `steps` steps."""
    random = np.random.default_rng(seed)
    count = 48
    lengths = random.integers(3, 7, count)
    x, y = random.normal(size=(count, 6, 2)), random.integers(0, 3, (count, 6))
    w = np.where(random.uniform(size=(count, 6)) < 0.5, 1.0, 2.0)
    other = np.random.default_rng(noise)
    wide = ((0, 0), (0, steps - 6))
    x = np.pad(x, (*wide, (0, 0)))
    padding = np.arange(steps) >= lengths[:, None]
    y = np.where(padding, other.integers(0, 3, (count, steps)), np.pad(y, wide))
    w = np.where(padding, 0, np.pad(w, wide))
    target = np.eye(3)[y] if columns else y
    np.savez(path, x=x.astype(np.float32), y=target.astype(np.int32), w=w.astype(np.float32))


def measure(fit: Any, folder: Path, case: tuple[str, str], noise: int, steps: int = 6) -> Any:
    loss, metrics = case
    for seed, name in enumerate(("t.npz", "u.npz", "v.npz")):
        write(folder / name, seed, noise + seed, steps, columns=case is not CLASS_NUMBERS)
    text = SPEC.replace("LOSS", loss).replace("METRICS", metrics).replace("TARGETS", "y")
    run = fit(text, output=folder / f"run{noise}-{steps}")
    assert not isinstance(run, Exception), run
    return run, evaluate_run(run.path)


def numbers_of(run: Any, found: Evaluation) -> dict[str, Any]:
    return {
        "history": {name: value for name, (value,) in run.history.items()},
        "test": found.metrics,
        "tables": [table.counts.tolist() for table in found.confusions],
    }


@pytest.mark.parametrize(
    "case", [CLASS_NUMBERS, *(pytest.param(c, marks=pytest.mark.slow) for c in (COLUMNS, NUMBERS))]
)
def test_padding_changes_no_number(fit: Any, tmp_path: Path, case: tuple[str, str]) -> None:
    """Neither what padding holds nor how much there is; only the order of sums changes."""
    first, wider = (numbers_of(*measure(fit, tmp_path, case, *more)) for more in ((100,), (200, 9)))
    assert wider["history"] == pytest.approx(first["history"], rel=1e-4)
    assert wider["test"] == pytest.approx(first["test"], rel=1e-4)
    assert wider["tables"] == first["tables"]
    # the loss is weighted; the metrics and the table count each step that has a weight once
    steps = int((np.load(tmp_path / "u.npz")["w"] > 0).sum())
    for table in first["tables"]:
        assert np.sum(table) == steps
        accuracy = np.trace(table) / steps
        assert accuracy == pytest.approx(first["test"]["test_accuracy"], abs=1e-6)
    assert bool(first["tables"]) == (case is not NUMBERS)


@pytest.mark.parametrize(
    ("loss", "weights", "message"),
    [
        ("sparse_categorical_crossentropy", (4,), "`w` has weights of shape [4] for each example"),
        ("Dice", (6,), "`Dice` has one value for each example"),
    ],
)
def test_weights_that_fit_no_step_are_a_finding(
    fit: Any, tmp_path: Path, loss: str, weights: tuple[int, ...], message: str
) -> None:
    for name in ("t.npz", "u.npz", "v.npz"):
        write(tmp_path / name, 0, 0, 6, columns=loss == "Dice")
        arrays = dict(np.load(tmp_path / name))
        np.savez(tmp_path / name, **arrays | {"w": np.ones((48, *weights))})
    text = SPEC.replace("LOSS", loss).replace("METRICS", "[accuracy]").replace("TARGETS", "y")
    error = fit(text)
    assert isinstance(error, SpecError)
    assert any(finding.message.startswith(message) for finding in error.findings), error


def test_a_weight_of_an_example_is_that_of_its_steps(fit: Any, tmp_path: Path) -> None:
    import keras

    for seed, name in enumerate(("t.npz", "u.npz", "v.npz")):
        write(tmp_path / name, seed, seed, 6, columns=False)
        with np.load(tmp_path / name) as arrays:
            np.savez(tmp_path / name, **{**arrays, "w": arrays["w"].sum(axis=1)})
    text = SPEC.replace("LOSS", CLASS_NUMBERS[0]).replace("METRICS", CLASS_NUMBERS[1])
    run = fit(text.replace("TARGETS", "y"))
    assert not isinstance(run, Exception), run
    with np.load(tmp_path / "u.npz") as arrays:
        x, y, w = arrays["x"], arrays["y"], arrays["w"]
    said = keras.models.load_model(run.path / "model.keras").predict(x, verbose=0)
    of_steps = -np.log(np.take_along_axis(said, y[..., None], axis=-1)[..., 0])
    assert run.metrics["test_loss"] == pytest.approx((w[:, None] * of_steps).mean(), rel=1e-5)
    assert run.metrics["test_accuracy"] == pytest.approx((said.argmax(axis=-1) == y).mean())
