"""A run is complete only if Keras can load what it saved, and predicts the same with it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from training_cases import CLASSIFIER, CSV, changed

from modelspec.api.predicting import evaluate
from modelspec.cli import run as command
from modelspec.diagnostics.problems import SpecError, UsageError
from modelspec.training import saved_model

pytestmark = pytest.mark.tensorflow

CODE = "saved-model-differs"

TEXT = """\
modelspec: 1
model:
  sequential:
    input: {shape: [1], dtype: string, name: text}
    layers:
      - TextVectorization: {max_tokens: 300, output_mode: tf_idf, pad_to_max_tokens: true}
      - Dense: {units: 2, name: label}
data:
  train: {csv: t.csv}
  targets: label
training:
  loss: {SparseCategoricalCrossentropy: {from_logits: true}}
  optimizer: adam
"""
WORDS = "text,label\ngood day,a\nbad day,b\ngood sun,a\nbad rain,b\n"

MODULE = """
import random
import keras
import tensorflow as tf
from keras.saving import register_keras_serializable

@register_keras_serializable("own")
class Forgets(keras.layers.Layer):
    def build(self, shape):
        self.factor = random.random()  # not a Keras variable: the file does not have it
    def call(self, x):
        return x * self.factor

@register_keras_serializable("own")
class Noise(keras.layers.Layer):
    def call(self, x):
        return x + keras.random.uniform(keras.ops.shape(x))

@register_keras_serializable("own")
class Fails(keras.layers.Layer):
    def call(self, x, training=False):
        if not training:
            tf.debugging.assert_greater(x, 1e9, message="only in training")
        return x
"""


def with_layer(name: str) -> str:
    return changed(
        CLASSIFIER,
        ("modelspec: 1\n", "modelspec: 1\nextensions: [own_layers]\n"),
        ("layers:\n", f"layers:\n      - own>{name}\n"),
    )


def test_it_is_said_before_the_training(fit: Any, tmp_path: Path) -> None:
    error = fit(TEXT, {"t.csv": WORDS})
    assert isinstance(error, SpecError)
    (finding,) = error.findings
    assert (finding.code, finding.span.line) == (CODE, 6)
    assert '"text_vectorization" (TextVectorization)' in finding.message
    assert "must be the same length as vocabulary" in finding.message
    assert "List of objects" not in finding.message
    assert not (tmp_path / "run").exists()


def test_what_the_hint_says_helps(fit: Any) -> None:
    fixed = changed(TEXT, ("300", "6"))
    assert fit(fixed, {"t.csv": WORDS}).path.is_dir()


def test_a_large_model_is_checked_at_the_end(
    fit: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(saved_model, "SMALL", 0)
    error = fit(TEXT, {"t.csv": WORDS})
    assert isinstance(error, SpecError)
    assert error.findings[0].code == CODE
    run = tmp_path / "run"
    assert json.loads((run / "run.json").read_text())["status"] == "failed"
    assert (run / "metrics.json").is_file()
    with pytest.raises(UsageError, match="not complete"):
        evaluate(run, split="train")


def test_the_command_ends_with_1(
    tmp_path: Path, capsys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "t.csv").write_text(WORDS)
    (tmp_path / "spec.yaml").write_text(TEXT)
    monkeypatch.setattr(saved_model, "SMALL", 0)
    out = tmp_path / "run"
    assert command(["train", str(tmp_path / "spec.yaml"), "-o", str(out)]) == 1
    assert f"[{CODE}]" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("layer", "code", "message"),
    [
        ("Forgets", CODE, "predicts other values of `kind`"),
        ("Fails", "training-failed", "(Fails) fails on the first batch: "),
    ],
)
def test_a_layer_of_an_extension(fit: Any, layer: str, code: str, message: str) -> None:
    files = {"t.csv": CSV, "own_layers.py": MODULE}
    error = fit(with_layer(layer), files, allow_extensions=True)
    assert isinstance(error, SpecError)
    assert [finding.code for finding in error.findings] == [code]
    assert message in error.findings[0].message


def test_a_model_that_is_random_by_itself_is_complete(fit: Any) -> None:
    files = {"t.csv": CSV, "own_layers.py": MODULE}
    assert fit(with_layer("Noise"), files, allow_extensions=True).path.is_dir()


LAYERS = {
    "stateful": "input: {shape: [3, 2], batch_size: 4}\n    layers: [LSTM: {units: 2, stateful: "
    "true}, Dropout: {rate: 0.5}, Dense: {units: 1}]",
    "half": "input: {shape: [3]}\n    layers: [Dense: {units: 9, dtype: mixed_bfloat16}, "
    "BatchNormalization, Dense: {units: 1, dtype: float16}]",
    "double": "input: {shape: [3], dtype: float64}\n    layers: [Dense: {units: 1, "
    "dtype: float64}]",
}


@pytest.mark.parametrize(
    "name", ["stateful", *(pytest.param(n, marks=pytest.mark.slow) for n in ("half", "double"))]
)
def test_models_of_all_kinds_are_complete(fit: Any, name: str) -> None:
    spec = f"""
modelspec: 1
model:
  sequential:
    {LAYERS[name]}
data: {{train: {{synthetic: {{examples: 12}}}}, batch_size: 4}}
training: {{loss: mse, optimizer: sgd}}
"""
    run = fit(spec)
    assert not isinstance(run, Exception), run.findings


def test_the_states_of_a_stateful_layer_stay(tmp_path: Path) -> None:
    import keras
    import numpy as np

    model = keras.Sequential(
        [keras.Input([3, 2], batch_size=4), keras.layers.GRU(2, stateful=True)]
    )
    model(np.ones([4, 3, 2]))
    before = model.layers[0].states[0].numpy()
    held = saved_model._reset_states(model)
    assert not model.layers[0].states[0].numpy().any()
    for variable, value in held:
        variable.assign(value)
    assert (model.layers[0].states[0].numpy() == before).all()
    assert before.any()


@pytest.mark.parametrize(
    ("found", "is_close"),
    [([1.0, 2.0001], True), ([1.0, 2.001], False), ([1.0, float("nan")], False)],
)
def test_the_tolerance_of_float32(found: list[float], is_close: bool) -> None:
    import numpy as np

    left, right = np.array([1.0, 2.0], np.float32), np.array(found, np.float32)
    assert saved_model._is_close(left, right, saved_model.TOLERANCES["float32"]) is is_close
