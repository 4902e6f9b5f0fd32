"""Small specs for the tests of the training floor."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

SPECS = Path(__file__).parents[2] / "specs"

CSV = "\n".join(
    ["a,b,kind,y"]
    + [f"{i % 7},{i % 5},{'pos' if i % 7 > 2 else 'neg'},{2 * (i % 7) + i % 5}" for i in range(70)]
    + [""]
)

CLASSIFIER = """
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
training:
  epochs: 2
  optimizer: {Adam: {learning_rate: 0.05}}
  loss: sparse_categorical_crossentropy
  metrics: [accuracy]
"""

REGRESSION = """
modelspec: 1
model:
  sequential:
    input: {shape: [2]}
    layers:
      - Dense: {units: 1, name: y}
data:
  train: {csv: t.csv}
  test: 0.2
  inputs: [a, b]
  targets: y
training:
  epochs: 2
  optimizer: {Adam: {learning_rate: 0.1}}
  loss: mse
  metrics: [mae]
"""

TWO_OUTPUTS = """
modelspec: 1
model:
  functional:
    inputs: {x: {shape: [2]}}
    layers:
      body: {Dense: {units: 8, activation: relu}}
      head1: {Dense: {units: 1}}
      head2: {Dense: {units: 2, activation: softmax}}
    edges:
      - x -> body -> head1 as zahl
      - body -> head2 as art
    outputs: OUTPUTS
data:
  train: {csv: t.csv}
  validation: 0.2
  test: 0.2
  inputs: [a, b]
  targets: {zahl: y, art: kind}
training:
  epochs: 40
  optimizer: {Adam: {learning_rate: 0.05}}
  loss: {zahl: mse, art: sparse_categorical_crossentropy}
  loss_weights: {art: 3}
  metrics: {zahl: [mae, {RootMeanSquaredError: {}}], art: accuracy}
"""


def changed(text: str, *pairs: tuple[str, str]) -> str:
    """The text with parts replaced; each must be there."""
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new)
    return text


def facts(run: Any) -> tuple[Any, ...]:
    """What two trainings to the same bits have alike: weights, history, metrics, kept epochs."""
    weights = [variable.numpy().tobytes() for variable in run.model.variables]
    optimizer = [variable.numpy().tobytes() for variable in run.model.optimizer.variables]
    kept = sorted(path.name for path in (run.path / "checkpoints").glob("*.keras"))
    with (run.path / "history.csv").open(encoding="utf-8") as file:
        rows = [{**row, "seconds": ""} for row in csv.DictReader(file)]
    return weights, optimizer, kept, rows, repr(dict(run.history)), dict(run.metrics)
