"""Masks that Keras computes by itself are left out, also those of a tensor that an op made."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from modelspec.api.exporting import export
from modelspec.api.importing import from_keras, import_model
from modelspec.compile.stages import compile_text
from modelspec.diagnostics.findings import Findings

pytestmark = [pytest.mark.tensorflow, pytest.mark.filterwarnings("ignore::UserWarning")]

TWO = """\
modelspec: 1
model:
  functional:
    inputs: {x: {shape: [4, 3]}, y: {shape: [4, 3]}}
    layers:
      r: ops.relu
      s: ops.abs
      m: Masking
      n: {Masking: {mask_value: 1.0}}
      a: {Sequential: {layers: [Dense: {units: 2}]}}
      b: {LSTM: {units: 2}}
    edges: [x -> r -> m -> a, y -> s -> n -> b]
    outputs: [a, b]
"""


def made_of_ops(after: Any) -> Any:
    import keras

    x = keras.Input([4, 3], name="x")
    masked = keras.layers.Masking()(keras.ops.relu(x))
    return keras.Model(x, after(keras, masked))


@pytest.mark.parametrize(
    "after",
    [
        lambda keras, x: keras.Sequential([keras.layers.Dense(2)])(x),
        lambda keras, x: keras.layers.LSTM(2)(x),
        lambda keras, x: keras.layers.LSTM(2)(
            keras.layers.Masking(mask_value=2.0)(keras.ops.relu(x))
        ),
        lambda keras, x: keras.layers.LSTM(2)(keras.layers.Dropout(0.5)(x)),
    ],
)
def test_masks_of_what_an_op_made(after: Any) -> None:
    text = from_keras(made_of_ops(after))
    assert "not_equal" not in text
    assert "mask:" not in text
    findings = Findings()
    assert compile_text(text, "spec", None, findings) is not None


def test_a_mask_that_the_author_computed_stays() -> None:
    import keras

    x = keras.Input([4, 3], name="x")
    given = keras.ops.any(keras.ops.not_equal(keras.ops.relu(x), 5.0), axis=-1)
    text = from_keras(keras.Model(x, keras.layers.LSTM(2)(x, mask=given)))
    assert "ops.not_equal: {x2: 5.0}" in text
    assert "mask:" in text


def test_two_masks_come_back_from_json(tmp_path: Path) -> None:
    spec = tmp_path / "spec.yaml"
    spec.write_text(TWO)
    file = export(spec, "json", tmp_path / "model.json")
    assert "NotEqual" in file.read_text()  # Keras does write them
    json.loads(file.read_text())
    text, _ = import_model(file)
    assert "x -> r -> m -> a" in text
    assert "y -> s -> n -> b" in text
    assert "not_equal" not in text
