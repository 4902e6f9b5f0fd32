"""`weighted_metrics` count examples by their weights, and `metrics` do not."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.tensorflow

SPEC = """modelspec: 1
name: weighted
model:
  sequential:
    input: {shape: [1]}
    layers:
      - Dense: {units: 1, kernel_initializer: zeros, name: y}
data:
  train: {csv: t.csv}
  inputs: x
  targets: y
  sample_weight: w
  batch_size: 4
training:
  optimizer: {SGD: {learning_rate: 1e-9}}
  loss: mse
  metrics: [mae]
  weighted_metrics: [mae, mse]
"""


def test_both_are_logged_and_differ(fit: Any) -> None:
    run = fit(SPEC, {"t.csv": "x,y,w\n1,1,1\n1,2,0\n1,3,2\n1,4,1\n"})
    assert not getattr(run, "findings", ()), run.findings
    assert run.history["mae"] == pytest.approx([2.5])
    assert run.history["weighted_mae"] == pytest.approx([(1 + 3 * 2 + 4) / 4])
    assert run.history["mse"] == pytest.approx([(1 + 9 * 2 + 16) / 4])
