"""`training.trainer`: an extension's `train_step` is fitted, and the plain model is saved."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from modelspec import evaluate, export, predict, train, validate

ROOT = Path(__file__).parents[2]

pytestmark = [pytest.mark.tensorflow, pytest.mark.xdist_group("trainers")]

MODULE = """
import keras
import tensorflow as tf


@keras.saving.register_keras_serializable("my")
class Central(keras.Model):
    def __init__(self, share=0.1, **kwargs):
        super().__init__(**kwargs)
        self.share = share
        self.project = keras.layers.Dense(2)  # made in the first step
        self.scale = keras.Variable(1.0, name="scale")
        self.scale_optimizer = keras.optimizers.SGD(0.01, momentum=0.9)
        self.seeds = keras.random.SeedGenerator(3)
        self.steps = [tf.Variable(0)]
        self.loss_mean = keras.metrics.Mean(name="total")

    def train_step(self, data):
        x, y = data
        with tf.GradientTape(persistent=True) as tape:
            y_pred = self(x, training=True)
            loss = self.scale * self.compute_loss(x=x, y=y, y_pred=y_pred)
            noise = keras.random.uniform((), seed=self.seeds)
            spread = tf.cast(self.project(y_pred), "float32") ** 2
            loss += self.share * noise * tf.reduce_mean(spread)
        weights = [w for w in self.trainable_weights if w is not self.scale]
        gradients = [g - tf.reduce_mean(g) for g in tape.gradient(loss, weights)]
        self.optimizer.apply_gradients(zip(gradients, weights))
        self.scale_optimizer.apply_gradients([(tape.gradient(loss, self.scale), self.scale)])
        self.loss_mean.update_state(loss)
        self.steps[0].assign_add(1)
        logs = self.compute_metrics(x, y, y_pred)
        return {**logs, "loss": loss, "steps": self.steps[0] + 0}
"""

SPEC = """modelspec: 1
name: central
extensions: [central]
model:
  sequential:
    input: {shape: [3]}
    layers:
      - Dense: {units: 8, activation: relu}
      - Dropout: {rate: 0.3}
      - Dense: {units: 1}
data:
  train: {csv: t.csv}
  validation: 0.2
  test: 0.2
  inputs: [a, b, c]
  targets: y
  batch_size: 6
training:
  trainer: {"my>Central": {share: 0.5}}
  epochs: 2
  optimizer: {Adam: {learning_rate: 0.01}}
  loss: mse
  metrics: [mae]
  checkpoint: {monitor: val_mae, use: best, every: 2}
"""


def _table() -> str:
    random = np.random.default_rng(0)
    rows = [[*row, row.sum(), abs(row[0])] for row in random.normal(size=(40, 3))]
    return "\n".join(["a,b,c,y,w", *(",".join(f"{x:.4f}" for x in row) for row in rows)])


FILES = {"central.py": MODULE, "t.csv": _table()}


def _state(run: Path) -> dict[str, Any]:
    from modelspec.training.checkpoint.state_file import read_state

    state = read_state(run / "checkpoints" / "last.npz")
    return {key: state[key] for key in ("model", "optimizer", "metrics", "beside", "logs")}


def _rows(run: Path) -> list[dict[str, str]]:
    with (run / "history.csv").open(encoding="utf-8") as file:
        return [{**row, "seconds": ""} for row in csv.DictReader(file)]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The run that nothing ends."""
    folder = tmp_path_factory.mktemp("central")
    for name, content in {**FILES, "spec.yaml": SPEC}.items():
        (folder / name).write_text(content, encoding="utf-8")
    train(folder / "spec.yaml", output=folder / "run", allow_extensions=True)
    return folder / "run"


def test_what_the_step_returns_is_logged(whole: Path) -> None:
    rows = _rows(whole)
    names = ["loss", "mae", "total", "steps"]
    assert list(rows[0]) == ["epoch", *names, "val_loss", "val_mae", "val_total", "seconds"]
    assert [float(row["steps"]) for row in rows] == [4, 8]


def test_the_state_has_all_that_the_trainer_has(whole: Path) -> None:
    state = _state(whole)
    # the model's own: scale, two dense layers, the seed of dropout, those of `project` and `seeds`
    assert len(state["model"]) == 1 + 4 + 1 + 2 + 1
    # iteration and rate of the second optimizer, its momentum, and the counter of steps
    assert len(state["beside"]) == 4


def test_the_saved_model_is_plain_keras(whole: Path) -> None:
    import keras

    model = keras.models.load_model(whole / "model.keras")
    assert type(model) is keras.Sequential
    assert len(model.weights) == 4


def test_a_run_is_measured_as_the_training_measured_it(whole: Path) -> None:
    found = json.loads((whole / "metrics.json").read_text(encoding="utf-8"))["test"]
    assert evaluate(whole, allow_extensions=True)[0] == {
        f"test_{name}": value for name, value in found.items()
    }
    (file,) = (whole / "checkpoints").glob("*.keras")
    assert file.with_suffix(".npz").is_file()
    assert evaluate(file, allow_extensions=True)[0]["test_mae"] == found["mae"]


def test_the_exported_script_has_the_trainer(whole: Path, tmp_path: Path) -> None:
    export(whole.parent / "spec.yaml", "python", tmp_path / "script.py")
    text = (tmp_path / "script.py").read_text(encoding="utf-8")
    assert "    return Central(\n        inputs=model.inputs[0],\n" in text
    assert "    trainer = build_trainer(model)\n    compile_model(trainer)\n" in text


def test_the_run_predicts_without_the_extension(whole: Path) -> None:
    found = predict(whole, whole.parent / "t.csv")
    assert len(found["dense_1"]) == 40


@pytest.mark.parametrize(
    "place",
    [
        pytest.param((0, 3, False), id="in the midst"),
        pytest.param((1, 4, True), id="while validating", marks=pytest.mark.slow),
        pytest.param((1, 0, False), id="between", marks=pytest.mark.slow),
    ],
)
def test_a_resumed_training_has_the_same_bits(
    whole: Path, fit: Any, stop_at: Any, monkeypatch: pytest.MonkeyPatch, place: Any
) -> None:
    stop_at(*place[:2], validating=place[2])
    run = fit(SPEC, FILES, allow_extensions=True).run
    monkeypatch.undo()
    train(resume=run, allow_extensions=True)
    assert _rows(run) == _rows(whole)
    np.testing.assert_equal(_state(run), _state(whole))
    assert evaluate(run, allow_extensions=True) == evaluate(whole, allow_extensions=True)


@pytest.mark.slow
def test_keras_fits_the_same_class_to_the_same_bits(whole: Path) -> None:
    import keras

    from modelspec.building import build_model, extension_scope
    from modelspec.compile import compile_file
    from modelspec.diagnostics import Findings
    from modelspec.spec.extensions import permit_extensions
    from modelspec.training import set_seed
    from modelspec.training.prepare import prepare_training

    with permit_extensions(allowed=True):
        compiled = compile_file(whole.parent / "spec.yaml")
        spec, graph = compiled.spec, compiled.graph
        set_seed(spec)
        model = build_model(spec, graph, Findings())
        with extension_scope(spec):
            prepared = prepare_training(spec, graph, model, Findings())
    keras.utils.set_random_seed(prepared.training.seed)
    feed = prepared.training_feed()
    history = prepared.fitted.fit(
        feed.shuffled(prepared.training.seed),
        steps_per_epoch=feed.steps,
        epochs=2,
        shuffle=False,
        validation_data=prepared.evaluator.feed(prepared.data.validation).in_order(),
        verbose=0,
    ).history
    rows = _rows(whole)
    assert {name: [float(row[name]) for row in rows] for name in history} == history
    state = _state(whole)["model"]
    for kept, variable in zip(state, prepared.fitted.variables, strict=True):
        assert np.array_equal(kept, variable.numpy())


@pytest.mark.slow
def test_the_example_of_the_page_learns(tmp_path: Path) -> None:
    """docs/training.md: targets without a loss, which the steps of the trainer compare."""
    page = (ROOT / "docs" / "training.md").read_text(encoding="utf-8")
    for name, content in re.findall(r"<!-- file: (\S+) -->\n```\w+\n(.*?)^```$", page, re.M | re.S):
        (tmp_path / name).write_text(content, encoding="utf-8")
    (tmp_path / "data").symlink_to(ROOT / "specs" / "data")
    spec = tmp_path / "contrast.yaml"
    run = train(spec, output=tmp_path / "run", allow_extensions=True)
    assert run.history["val_loss"][-1] < run.history["val_loss"][0]
    assert not (run.path / "trainer.npz").exists()
    found = predict(run.path, ROOT / "specs/data/penguins.csv", missing="drop")
    assert len(next(iter(found.values()))) > 300
    findings = validate(spec, smoke=True, allow_extensions=True)
    assert [finding.code for finding in findings] == ["not-tried"]


@pytest.mark.slow
def test_phases_half_floats_weights_and_a_schedule(fit: Any) -> None:
    """With a plain step of the class: all that is declared around it is as without a trainer."""
    step = MODULE.replace("loss = self.scale * self.compute_loss(x=x, y=y, y_pred=y_pred)", LOSS)
    step = step.replace("x, y = data", "x, y, w = data").replace(
        "(x, y, y_pred)", "(x, y, y_pred, w)"
    )
    text = SPEC.replace("epochs: 2\n  optimizer: {Adam: {learning_rate: 0.01}}", PHASES)
    text = text.replace("batch_size: 6", "batch_size: 6\n  sample_weight: w")
    run = fit(text, {**FILES, "central.py": step}, allow_extensions=True)
    assert not isinstance(run, Exception), run
    rows = _rows(run.path)
    assert [row["phase"] for row in rows] == ["1", "2"]
    assert all(np.isfinite(float(row["mae"])) for row in rows)
    frozen = [layer.trainable for layer in run.model.layers]
    assert frozen == [False, True, True]


LOSS = "loss = self.scale * self.compute_loss(x=x, y=y, y_pred=y_pred, sample_weight=w)"
PHASES = """precision: mixed_bfloat16
  phases:
    - {epochs: 1, optimizer: sgd, schedule: 0.01 / (1 + epoch)}
    - {epochs: 1, optimizer: adam, freeze: [dense]}"""


HEAD = """
import keras
import tensorflow as tf

@keras.saving.register_keras_serializable("my")
class Central(keras.Model):
    def __init__(self, share=0.1, **kwargs):
        super().__init__(**kwargs)
"""
STEP = """
    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = self.compute_loss(x, y, y_pred)
        gradients = tape.gradient(loss, self.trainable_weights)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_weights))
"""
MEASURE = "        logs = self.compute_metrics(x, y, y_pred)\n"
FAILS = "        logs['far'] = tf.reduce_sum(tf.reshape(y_pred, [tf.size(y_pred), 3]))\n"

MISTAKES = {
    "no-steps": (HEAD, "is not a trainer: it has no `train_step`", ""),
    "returns-nothing": (HEAD + STEP, "`train_step` of `my>Central` returns nothing", ""),
    "returns-none": (
        HEAD + STEP + "        return {'a': None}\n",
        "`train_step` of `my>Central` returns {'a': None}, which are no tensors",
        "",
    ),
    "raises": (
        HEAD + STEP + "        raise ValueError('so what')\n",
        "`train_step` of `my>Central` fails: so what",
        "central.py:17",
    ),
    "fails-in-the-graph": (
        HEAD + STEP + MEASURE + FAILS + "        return logs\n",
        "`train_step` of `my>Central` fails: Input to reshape is a tensor with",
        "central.py:18",
    ),
    "no-metrics": (
        HEAD + STEP + "        return {'loss': loss}\n",
        "`train_step` of `my>Central` measures no `metrics`",
        "call self.compute_metrics",
    ),
    "no-monitor": (
        HEAD + STEP + "        return {**self.compute_metrics(x, y, y_pred), 'far': loss}\n",
        "nothing logs `val_far`",
        "there is loss, mae, far, val_loss, val_mae and learning_rate",
    ),
    "passes-nothing-on": (
        HEAD.replace("super().__init__(**kwargs)", "super().__init__()") + STEP,
        "does not pass `inputs` and `outputs` on to keras.Model",
        "",
    ),
    "own-compile": (
        HEAD + STEP + "    def compile(self, optimizer):\n        pass\n",
        "`compile` of `my>Central` fails",
        "take other values in `__init__`",
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_in_the_class_is_a_finding(fit: Any, name: str) -> None:
    module, message, hint = MISTAKES[name]
    text = SPEC.replace("val_mae", "val_far, mode: min") if name == "no-monitor" else SPEC
    error = fit(text, {**FILES, "central.py": module}, allow_extensions=True)
    (finding,) = error.findings
    assert message in finding.message
    assert hint in finding.hint
