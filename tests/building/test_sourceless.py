"""Learned tensors, constants, layers left out and stacks of functions are plain Keras objects."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytestmark = [pytest.mark.tensorflow, pytest.mark.xdist_group("sourceless")]

SPECS = Path(__file__).parents[1] / "specs_ok"

WITHOUT_MODELSPEC = """
import sys
import keras, numpy as np
model = keras.models.load_model(sys.argv[1])
data = np.load(sys.argv[2])
found = model.predict(data["x"], verbose=0)
assert "modelspec" not in sys.modules
np.testing.assert_array_equal(found, data["y"])
"""

TEXT = """
modelspec: 1
model:
  functional:
    inputs: {x: {shape: [6, 4]}}
    layers:
      position: {Weight: {shape: [6, 4], initializer: {RandomNormal: {seed: 1}}, regularizer: l2}}
      placed: Add
      table: {Weight: {shape: [9, 4], batch: false, initializer: {RandomNormal: {seed: 2}}}}
      numbers: {ops.arange: {stop: 6}}
      rows: {ops.take: {axis: 0}}
      sum: ops.add
      flat: Flatten
      out: {Dense: {units: 1, kernel_initializer: ones}}
    edges:
      - x, position -> placed
      - table, numbers -> rows
      - placed, rows -> sum -> flat -> out
    outputs: out
"""


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, Path, Any]:
    """The model after a step, the folder of its spec and file, and examples."""
    from modelspec import build

    folder = tmp_path_factory.mktemp("sourceless")
    (folder / "spec.yaml").write_text(TEXT, encoding="utf-8")
    model = build(folder / "spec.yaml")
    x = np.random.default_rng(0).normal(size=(5, 6, 4)).astype("float32")
    before = {weight.path: weight.numpy() for weight in model.weights}
    model.compile("adam", "mse")
    model.fit(x, np.zeros((5, 1)), verbose=0)
    for weight in model.weights:
        assert np.abs(weight.numpy() - before[weight.path]).max() > 0
    model.save(folder / "model.keras")
    return model, folder, x


def test_the_result_is_that_of_the_numbers(trained: Any) -> None:
    model, _, x = trained
    weights = {weight.path: weight.numpy() for weight in model.weights}
    assert weights["position/kernel"].shape == (6, 4)
    assert weights["table/kernel"].shape == (9, 4)
    placed = x + weights["position/kernel"] + weights["table/kernel"][:6]
    wanted = placed.reshape(5, -1) @ weights["out/kernel"] + weights["out/bias"]
    np.testing.assert_allclose(model.predict(x, verbose=0), wanted, rtol=1e-5, atol=1e-5)


def test_its_layers_are_those_of_keras(trained: Any) -> None:
    model, _, _ = trained
    assert all(type(layer).__module__.startswith("keras.") for layer in model.layers)


@pytest.mark.slow
def test_a_saved_model_loads_without_modelspec(trained: Any, tmp_path: Path) -> None:
    model, folder, x = trained
    np.savez(tmp_path / "data.npz", x=x, y=model.predict(x, verbose=0))
    command = [sys.executable, "-c", WITHOUT_MODELSPEC, folder / "model.keras"]
    found = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    subprocess.run([*command, tmp_path / "data.npz"], check=True, cwd=tmp_path, env=found)


def test_an_import_gives_the_same_model(trained: Any, tmp_path: Path) -> None:
    from modelspec import build
    from modelspec.api import from_keras

    model, _, x = trained
    (tmp_path / "back.yaml").write_text(from_keras(model), encoding="utf-8")
    again = build(tmp_path / "back.yaml")
    for weight in again.weights:
        weight.assign(next(own for own in model.weights if own.path == weight.path))
    np.testing.assert_array_equal(again.predict(x, verbose=0), model.predict(x, verbose=0))


def test_the_python_file_makes_the_same_model(trained: Any) -> None:
    from modelspec.api import export

    model, folder, x = trained
    export(folder / "spec.yaml", "python", folder / "made.py")
    scope: dict[str, Any] = {"__name__": "made"}
    exec((folder / "made.py").read_text(encoding="utf-8"), scope)
    made = scope["build_model"]()
    assert [w.path for w in made.weights] == [w.path for w in model.weights]
    made.set_weights(model.get_weights())
    np.testing.assert_array_equal(made.predict(x, verbose=0), model.predict(x, verbose=0))
