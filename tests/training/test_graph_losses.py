"""Losses of the graph: what is fitted has them, what is saved and predicts does not."""

from __future__ import annotations

import dataclasses
import importlib.util
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import modelspec
from modelspec.diagnostics import UsageError

pytestmark = [pytest.mark.tensorflow, pytest.mark.xdist_group("graph_losses")]

SPEC = """modelspec: 1
name: pairs
model:
  functional:
    inputs: {left: {shape: [3]}, right: {shape: [3]}, same: {shape: []}}
    layers:
      code: {Dense: {units: 4, activation: tanh}}
      difference: ops.subtract
      distance: {ops.norm: {axis: -1}}
      noisy: {Dropout: {rate: 0.5, seed: 1}}
      apart: ops.square
      pull: Multiply
      spread: ops.var
    edges:
      - left -> code as a
      - right -> code as b
      - a, b -> difference -> distance
      - difference -> noisy -> apart
      - apart, same -> pull
      - a -> spread
    outputs: {distance: distance, code: a}
data:
  train: {npz: train.npz}
  validation: {npz: new.npz}
  inputs: {left: left, right: right, same: same}
  batch_size: 16
training:
  epochs: 2
  optimizer: {SGD: {learning_rate: 0.1}}
  losses:
    pull: {of: pull, weight: 2}
    spread: {of: spread, weight: -0.5}
  checkpoint: {monitor: val_pull, use: best}
"""

ROWS = 32


def _arrays(seed: int) -> dict[str, Any]:
    random = np.random.default_rng(seed)
    made = {name: random.normal(size=(ROWS, 3)).astype("float32") for name in ("left", "right")}
    return {**made, "same": random.integers(0, 2, ROWS).astype("float32")}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("pairs")
    np.savez(path / "train.npz", **_arrays(0))
    np.savez(path / "new.npz", **_arrays(1))
    (path / "pairs.yaml").write_text(SPEC, encoding="utf-8")
    modelspec.train(path / "pairs.yaml", output=path / "run", log_format="json")
    return path


def test_each_loss_is_in_the_history(folder: Path) -> None:
    header = (folder / "run" / "history.csv").read_text(encoding="utf-8").splitlines()[0]
    assert header == "epoch,loss,pull,spread,val_loss,val_pull,val_spread,seconds"
    found = json.loads((folder / "run" / "metrics.json").read_text(encoding="utf-8"))["validation"]
    assert found["loss"] == pytest.approx(2 * found["pull"] - 0.5 * found["spread"], rel=1e-5)


def test_the_saved_model_is_keras_alone_and_has_what_outputs_need(folder: Path) -> None:
    import keras

    model = keras.models.load_model(folder / "run" / "model.keras")
    names = {operation.name for operation in model.operations}
    assert names == {"left", "right", "code", "difference", "distance"}
    given = {name: _arrays(1)[name] for name in ("left", "right")}
    assert sorted(model.predict(given, verbose=0)) == ["code", "distance"]


def test_the_losses_are_means_of_the_tensors(folder: Path) -> None:
    import keras

    model, arrays = keras.models.load_model(folder / "run" / "model.keras"), _arrays(1)
    code = {name: np.asarray(model.get_layer("code")(arrays[name])) for name in ("left", "right")}
    apart = np.square(code["left"] - code["right"]) * arrays["same"][:, None]
    spread = np.mean([np.var(code["left"][:16]), np.var(code["left"][16:])])  # of each batch
    found = modelspec.evaluate(folder / "run", split="validation")[0]
    assert found["val_pull"] == pytest.approx(np.mean(apart), rel=1e-4)
    assert found["val_spread"] == pytest.approx(spread, rel=1e-4)


def test_a_model_of_an_epoch_is_measured_too(folder: Path) -> None:
    (file,) = (folder / "run" / "checkpoints").glob("*.keras")
    found = modelspec.evaluate(file, split="validation")[0]
    assert set(found) == {"val_loss", "val_pull", "val_spread"}


def test_predictions_take_no_column_that_only_a_loss_needs(folder: Path, tmp_path: Path) -> None:
    arrays = _arrays(1)
    np.savez(tmp_path / "rows.npz", left=arrays["left"], right=arrays["right"])
    found = modelspec.predict(folder / "run", tmp_path / "rows.npz")
    assert len(found["distance"]) == ROWS


def test_a_resumed_training_has_the_same_bits(folder: Path, tmp_path: Path) -> None:
    options: dict[str, Any] = {"log_format": "json"}
    spec = folder / "pairs.yaml"
    whole = modelspec.train(
        spec, output=tmp_path / "whole", overrides={"training.epochs": 3}, **options
    )
    modelspec.train(spec, output=tmp_path / "parts", overrides={"training.epochs": 1}, **options)
    parts = modelspec.train(resume=tmp_path / "parts", overrides={"training.epochs": 3}, **options)
    assert whole.history["pull"] == parts.history["pull"]
    for left, right in zip(whole.model.weights, parts.model.weights, strict=True):
        assert np.array_equal(left.numpy(), right.numpy())


def test_the_exported_script_fits_to_the_same_numbers(folder: Path, tmp_path: Path) -> None:
    """One batch, so that the order of examples changes nothing but the last bits."""
    changes = {
        "training.epochs": 3,
        "data.batch_size": ROWS,
        "training.losses.spread.weight": 0.5,
        "model.functional.layers.noisy.Dropout.rate": 0,
    }
    run = modelspec.train(
        folder / "pairs.yaml", output=tmp_path / "run", overrides=changes, log_format="json"
    )
    modelspec.export(folder / "pairs.yaml", "python", tmp_path / "script.py", overrides=changes)
    loader = importlib.util.spec_from_file_location("script", tmp_path / "script.py")
    assert loader is not None and loader.loader is not None
    script = importlib.util.module_from_spec(loader)
    loader.loader.exec_module(script)
    import keras

    keras.utils.set_random_seed(0)
    _, fitted = script.build_models()
    script.compile_model(fitted)
    history = fitted.fit(_arrays(0), epochs=3, batch_size=ROWS, verbose=0).history
    for name in ("loss", "pull", "spread"):
        assert run.history[name] == pytest.approx(history[name], rel=1e-4)


def test_an_export_that_gives_outputs_only_cannot_measure_them(folder: Path) -> None:
    from modelspec.training import reopen

    run = reopen(folder / "run")
    exported = dataclasses.replace(run, runtime=lambda _: {})
    with pytest.raises(UsageError, match="the losses `pull` and `spread` are inside the model"):
        modelspec.evaluate(exported, split="validation")  # type: ignore[arg-type]
