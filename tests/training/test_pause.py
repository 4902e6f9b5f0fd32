"""A training that pauses after an epoch is resumed to the bits of one that never paused."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from training_cases import CSV, facts

from modelspec.api.predicting import evaluate
from modelspec.api.training import train
from modelspec.diagnostics.problems import UsageError
from modelspec.runs.record import read_record

pytestmark = pytest.mark.tensorflow

SPEC = """
modelspec: 1
model:
  sequential:
    input: {shape: [2]}
    layers:
      - Dense: {units: 8, activation: relu, name: stem}
      - Dropout: {rate: 0.4}
      - Dense: {units: 2, activation: softmax, name: kind}
data:
  train: {csv: t.csv}
  validation: 0.2
  test: 0.2
  inputs: [a, b]
  targets: {kind: {column: kind, labels: auto}}
  batch_size: 8
training:
  loss: sparse_categorical_crossentropy
  metrics: [accuracy]
  checkpoint: {use: best}
  callbacks: [{EarlyStopping: {monitor: val_loss, patience: 1, restore_best_weights: true}}]
"""
PLAIN = SPEC + "  epochs: 5\n  optimizer: {Adam: {learning_rate: 0.05}}\n"
STOPPED = PLAIN.replace("monitor: val_loss", "monitor: val_loss, mode: max")
PHASES = SPEC + (
    "  phases:\n"
    "    - {epochs: 2, freeze: [stem], optimizer: {Adam: {learning_rate: 0.05}}}\n"
    "    - {epochs: 2, optimizer: {SGD: {learning_rate: 0.01, momentum: 0.9}}}\n"
)


def test_a_paused_training_says_so_and_ends_as_if_it_had_not(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(CSV)
    (tmp_path / "spec.yaml").write_text(PLAIN)
    paused: Any = train(tmp_path / "spec.yaml", output=tmp_path / "run", pause_after=2)
    run: Any = train(resume=tmp_path / "run")
    whole: Any = train(tmp_path / "spec.yaml", output=tmp_path / "whole")
    assert paused.paused_after == 2
    assert paused.metrics["val_accuracy"] == whole.history["val_accuracy"][1]
    assert not any(name.startswith("test_") for name in paused.metrics)
    assert run.paused_after is None
    assert facts(run) == facts(whole)
    assert "resumed after 2 epochs and 0 steps" in (run.path / "train.log").read_text()


def test_a_paused_run_is_shown_and_refused_as_such(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(CSV)
    (tmp_path / "spec.yaml").write_text(PLAIN)
    path = train(tmp_path / "spec.yaml", output=tmp_path / "run", pause_after=1).path
    status = json.loads((path / "run.json").read_text())
    assert (status["status"], status["epochs"]) == ("paused", 1)
    record = read_record(path)
    assert (record.state, record.done, record.planned) == ("paused", 1, 5)
    assert len(record.curves["val_loss"]) == 1
    assert not (path / "model.keras").exists()
    with pytest.raises(UsageError) as caught:
        evaluate(path)
    hint = f"Resume it with `modelspec train --resume {path}`"
    assert str(caught.value) == f"the run in {path} is paused after epoch 1. {hint}"
    # as after a kill between the checkpoint and the status: there is nothing to train
    again: Any = train(resume=path, pause_after=1)
    assert (again.paused_after, len(again.history["loss"])) == (1, 1)


def test_there_is_no_pause_before_the_first_epoch(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="`pause_after` must be at least 1, got 0"):
        train(tmp_path / "spec.yaml", pause_after=0)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "pauses", "expected"),
    [
        pytest.param(PHASES, (1, 2, 3), [1, 2, 3, None], id="in and between phases"),
        pytest.param(PHASES, (4,), [None], id="at the end of the phases"),
        pytest.param(STOPPED, (1, 2), [1, None], id="at the epoch that a callback ends"),
        pytest.param(PLAIN, (9,), [None], id="after the end"),
    ],
)
def test_pauses_elsewhere(
    tmp_path: Path, text: str, pauses: tuple[int, ...], expected: list[int | None]
) -> None:
    (tmp_path / "t.csv").write_text(CSV)
    spec = tmp_path / "spec.yaml"
    spec.write_text(text)
    run: Any = train(spec, output=tmp_path / "run", pause_after=pauses[0])
    seen = [run.paused_after]
    for epoch in (*pauses[1:], None):
        if seen[-1] is None:
            break
        run = train(resume=tmp_path / "run", pause_after=epoch)
        seen.append(run.paused_after)
    assert seen == expected
    assert facts(run) == facts(train(spec, output=tmp_path / "whole"))


@pytest.mark.slow
def test_folds_pause_together(tmp_path: Path, fit: Callable[..., Any]) -> None:
    text = PLAIN.replace("validation: 0.2", "folds: 2")
    text += "expect: {metrics: {test_accuracy: {min: 0.0}}}\n"
    group = fit(text, {"t.csv": CSV}, pause_after=2)
    assert group.missed == ()
    assert not (group.path / "metrics.json").exists()
    assert read_record(group.path).state == "paused"
    assert [run.paused_after for run in group.runs] == [2, 2]
    ended: Any = train(resume=group.path)
    whole: Any = train(group.path.parent / "spec.yaml", output=group.path.parent / "whole")
    assert [facts(run) for run in ended.runs] == [facts(run) for run in whole.runs]
    assert read_record(group.path).state == "complete"
