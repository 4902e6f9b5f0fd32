"""A loss of quantiles: trained, measured, predicted, and saved so that Keras alone loads it."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from modelspec.api.predicting import evaluate_in_detail, predict
from modelspec.cli import run as command

pytestmark = [pytest.mark.tensorflow, pytest.mark.xdist_group("quantiles")]

QUANTILES = [0.1, 0.5, 0.9]
CSV = "\n".join(["size,price", *(f"{i % 9},{i % 9 * 2 + i % 5}" for i in range(60)), ""])
SPEC = """
modelspec: 1
model:
  sequential:
    input: {shape: [1]}
    layers: [Dense: {units: 3, name: price}]
data:
  train: {csv: t.csv}
  test: 0.3
  inputs: [size]
  targets: {price: price}
training:
  epochs: 2
  optimizer: sgd
  loss: {Quantile: {quantiles: [0.1, 0.5, 0.9]}}
"""


def pinball(truth: Any, said: Any) -> Any:
    error = np.asarray(truth)[:, np.newaxis] - said
    shares = np.asarray(QUANTILES)
    return np.where(error > 0, shares * error, (shares - 1) * error).mean(axis=0)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from modelspec.api.training import train

    folder = tmp_path_factory.mktemp("quantiles")
    (folder / "t.csv").write_text(CSV)
    (folder / "spec.yaml").write_text(SPEC)
    return Path(train(folder / "spec.yaml", output=folder / "run").path)


def test_evaluate_has_the_loss_of_each_quantile_and_the_truths_inside(
    run: Path, tmp_path: Path
) -> None:
    found = evaluate_in_detail(run)
    [scores] = found.quantiles
    assert command(["predict", str(run), "--split", "test", "-o", str(tmp_path / "out.csv")]) == 0
    with (tmp_path / "out.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    columns = ["price_truth", "price_q0.1", "price_q0.5", "price_q0.9", "price_error"]
    assert list(rows[0]) == ["row", *columns, "price_inside"]
    truth = np.asarray([float(row["price_truth"]) for row in rows])
    said = np.asarray([[float(row[f"price_q{q}"]) for q in QUANTILES] for row in rows])
    inside = np.asarray([row["price_inside"] == "true" for row in rows])
    np.testing.assert_allclose(scores.losses, pinball(truth, said), rtol=1e-5)
    assert found.metrics["test_loss"] == pytest.approx(np.mean(scores.losses), rel=1e-5)
    assert scores.inside == pytest.approx(inside.mean())
    np.testing.assert_array_equal(inside, (truth >= said[:, 0]) & (truth <= said[:, 2]))
    np.testing.assert_allclose(scores.below, (truth[:, np.newaxis] <= said).mean(axis=0))
    errors = [float(row["price_error"]) for row in rows]
    np.testing.assert_allclose(errors, said[:, 1] - truth, rtol=1e-4, atol=1e-5)
    assert "of 80% expected" in scores.text()


def test_keras_alone_loads_what_is_saved_and_its_export_is_measured(
    run: Path, tmp_path: Path
) -> None:
    import keras

    model = keras.models.load_model(run / "model.keras")
    assert not model.compiled and model.output_shape == (None, 3)
    exported = tmp_path / "price.keras"
    assert command(["export", str(run), "--format", "keras", "-o", str(exported)]) == 0
    data = run.parent / "t.csv"
    assert list(predict(exported, data)) == ["price_q0.1", "price_q0.5", "price_q0.9"]
    own, other = (evaluate_in_detail(path, data) for path in (run, exported))
    assert own.quantiles[0].to_dict() == pytest.approx(other.quantiles[0].to_dict())


def test_the_python_file_has_the_same_loss(run: Path, tmp_path: Path) -> None:
    from modelspec.building.own_losses import Quantile

    made = tmp_path / "price.py"
    spec = str(run.parent / "spec.yaml")
    assert command(["export", spec, "--format", "python", "-o", str(made)]) == 0
    names: dict[str, Any] = {"__name__": "made"}
    exec(made.read_text(encoding="utf-8"), names)
    model = names["build_model"]()
    names["compile_model"](model)
    random = np.random.default_rng(0)
    truth, said = random.normal(size=(8, 1)), random.normal(size=(8, 3))
    wanted = pinball(truth[:, 0], said).mean()
    assert float(model.loss(truth, said)) == pytest.approx(wanted, rel=1e-5)
    assert float(Quantile(QUANTILES)(truth, said)) == pytest.approx(wanted, rel=1e-5)
    assert json.loads(json.dumps(model.loss.get_config()))["quantiles"] == QUANTILES


def test_a_truth_is_compared_with_the_quantiles_of_its_step_alone() -> None:
    from modelspec.building.own_losses import Quantile

    random = np.random.default_rng(0)
    truth, said = random.normal(size=(4, 5)), random.normal(size=(4, 5, 3))
    wanted = pinball(truth.reshape(-1), said.reshape(-1, 3)).mean()
    loss = Quantile(QUANTILES)
    assert float(loss(truth, said)) == pytest.approx(wanted, rel=1e-5)
    assert float(loss(truth[..., np.newaxis], said)) == pytest.approx(wanted, rel=1e-5)
    assert loss.call(truth, said).shape == (4, 5)
    one = Quantile(0.9)
    error = truth - said[..., 0]
    wanted = np.where(error > 0, 0.9 * error, -0.1 * error).mean()
    assert float(one(truth, said[..., 0])) == pytest.approx(wanted, rel=1e-5)
