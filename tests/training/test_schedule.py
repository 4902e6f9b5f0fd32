"""The learning rate by an expression, and expressions of the job's sizes."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
from training_cases import CSV, facts

from modelspec.api.predicting import evaluate
from modelspec.api.training import train
from modelspec.training.stop_signals import InterruptedRunError

pytestmark = pytest.mark.tensorflow

FILES = {"t.csv": CSV}
SPEC = """
modelspec: 1
model:
  sequential:
    input: {shape: [2]}
    layers:
      - Dense: {units: 8, activation: relu, name: stem}
      - Dense: {units: 2, activation: softmax, name: kind}
data:
  train: {csv: t.csv}
  validation: 0.2
  test: 0.2
  inputs: [a, b]
  targets: {kind: {column: kind, labels: auto}}
  batch_size: 7
training:
  loss: sparse_categorical_crossentropy
  phases:
    - {epochs: 2, optimizer: SGD, schedule: "0.05 if step < 6 else 0 * examples"}
    - epochs: 1
      optimizer:
        AdamW:
          weight_decay: 0.5
          learning_rate:
            CosineDecay: {initial_learning_rate: 0.01, decay_steps: "${steps * epochs}"}
      exclude_from_weight_decay: ["*bias", "kind"]
      callbacks: [{EarlyStopping: {patience: "${epochs}"}}]
"""


@pytest.mark.slow
@pytest.mark.pictures
@pytest.mark.xdist_group("schedule")
def test_rates_by_expression(
    fit: Any, stop_at: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = fit(SPEC, FILES)
    rates = run.history["learning_rate"]
    assert rates[:2] == [pytest.approx(0.05), 0.0]
    assert math.isnan(rates[2])  # which leaves a curve of the picture without an end
    assert (run.path / "history.png").read_bytes()[:4] == b"\x89PNG"
    loss = run.history["val_loss"]
    assert loss[0] == loss[1] != loss[2]  # a rate of 0 changes nothing
    optimizer = run.model.optimizer
    schedule = optimizer.get_config()["learning_rate"]["config"]
    assert schedule["decay_steps"] == 6
    decayed = [v.path for v in run.model.trainable_variables if optimizer._use_weight_decay(v)]
    assert decayed == ["spec/stem/kernel"]
    measured = {name: value for name, value in run.metrics.items() if "test_" in name}
    assert evaluate(run.path)[0] == measured

    for steps in (4, 6):  # amid the first epoch, and before its validation
        stop_at(0, steps)
        ended = tmp_path / f"ended-{steps}"
        assert isinstance(fit(SPEC, output=ended), InterruptedRunError)
        monkeypatch.undo()
        assert facts(train(resume=ended)) == facts(run)


@pytest.mark.parametrize(
    "args",
    [
        {"CosineDecay": {"initial_learning_rate": 0, "decay_steps": 9, "warmup_target": 1}},
        {"ExponentialDecay": {"initial_learning_rate": 1, "decay_steps": 9, "decay_rate": 0.5}},
        {"InverseTimeDecay": {"initial_learning_rate": 1, "decay_steps": 9, "decay_rate": 0.5}},
        {"PiecewiseConstantDecay": {"boundaries": [2, 5], "values": [1, 0.5, 0]}},
    ],
    ids=lambda args: next(iter(args)),
)
def test_a_whole_number_is_a_rate_as_a_float_is(args: dict[str, dict[str, Any]]) -> None:
    import keras

    from modelspec.building import make_object
    from modelspec.diagnostics import Span
    from modelspec.spec.model import KerasObject

    ((name, given),) = args.items()
    made = make_object(KerasObject("schedule", name, given, Span("spec.yaml", 1, 1, 1, 2)))
    floats = {key: float(value) if type(value) is int else value for key, value in given.items()}
    if "values" in given:
        floats["values"] = [float(value) for value in given["values"]]
    plain = getattr(keras.optimizers.schedules, name)(**floats)
    assert [float(made(step)) for step in range(9)] == [float(plain(step)) for step in range(9)]
