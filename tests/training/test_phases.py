"""Phases: one after another in one run, each with its frozen layers and an optimizer of its own."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from training_cases import CSV, changed, facts

from modelspec.api.training import train
from modelspec.diagnostics.problems import UsageError
from modelspec.runs.record import read_record
from modelspec.training.stop_signals import InterruptedRunError

pytestmark = pytest.mark.tensorflow

FILES = {"t.csv": CSV}
SPEC = """
modelspec: 1
model:
  sequential:
    input: {shape: [2]}
    layers:
      - Sequential:
          name: backbone
          input: {shape: [2]}
          layers:
            - Dense: {units: 8, name: d1}
            - BatchNormalization: {name: d1_bn}
            - Dense: {units: 8, activation: relu, name: d2}
      - Dropout: {rate: 0.2}
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
  callbacks: [{CSVLogger: {filename: log.csv}}]
  phases:
    - {epochs: 2, freeze: [backbone], optimizer: {Adam: {learning_rate: 0.05}}}
    - epochs: 2
      freeze: ["*", "!d2", "!kind"]
      optimizer: {SGD: {learning_rate: 0.01, momentum: 0.9}}
      learning_rates: {"backbone/*": 0.1}
"""


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The run that nothing ends."""
    folder = tmp_path_factory.mktemp("whole")
    (folder / "spec.yaml").write_text(SPEC)
    (folder / "t.csv").write_text(CSV)
    return train(folder / "spec.yaml", output=folder / "run")


def logged(run: Any) -> str:
    """What the `CSVLogger` has written."""
    return str((run.path.parent / "log.csv").read_text())


@pytest.mark.xdist_group("phases")
def test_phases_are_one_run(whole: Any) -> None:
    with (whole.path / "history.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [(row["epoch"], row["phase"]) for row in rows] == [
        ("1", "1"), ("2", "1"), ("3", "2"), ("4", "2"),
    ]  # fmt: skip
    assert "phase" not in whole.history
    record = read_record(whole.path)
    assert (record.done, record.planned, "phase" in record.curves) == (4, 4, False)
    log = (whole.path / "train.log").read_text()
    assert "phase 1/2: 2 epochs, 18 of 146 params trained" in log
    assert "phase 2/2: 2 epochs, 90 of 146 params trained" in log
    assert json.loads((whole.path / "metrics.json").read_text())["epochs"] == 4
    assert (whole.path.parent / "log.csv").read_text().count("\n") == 5
    # the rate of the optimizer is that of the second phase, and its state is new
    assert float(whole.model.optimizer.learning_rate) == pytest.approx(0.01)
    steps = 2 * -(-42 // 8)
    assert int(whole.model.optimizer.iterations) == steps


@pytest.mark.xdist_group("phases")
def test_a_phase_changes_no_frozen_tensor(
    fit: Any, whole: Any, tmp_path: Path, stop_at: Any
) -> None:
    stop_at(2, 0)
    assert isinstance(fit(SPEC, FILES), InterruptedRunError)
    from modelspec.training.checkpoint.state_file import newest_state

    first, _ = newest_state(tmp_path / "run")
    assert first is not None
    before = dict(zip([v.path for v in whole.model.variables], first["model"], strict=True))
    after = {variable.path: variable.numpy() for variable in whole.model.variables}
    same = {path for path, value in before.items() if value.tobytes() == after[path].tobytes()}
    frozen = {path for path in after if "d1" in path}
    assert len(frozen) == 6
    assert {path for path in same if "seed" not in path} == frozen


@pytest.mark.xdist_group("phases")
@pytest.mark.parametrize(
    "place",
    [
        pytest.param((0, 3), id="in the first", marks=pytest.mark.slow),
        pytest.param((2, 0), id="between"),
        pytest.param((3, 2), id="in the second", marks=pytest.mark.slow),
        pytest.param((4, 0), id="at the end", marks=pytest.mark.slow),
    ],
)
def test_a_killed_phase_is_resumed_to_the_bit(
    fit: Any, whole: Any, stop_at: Any, place: tuple[int, int], monkeypatch: Any, tmp_path: Path
) -> None:
    stop_at(*place)
    assert isinstance(fit(SPEC, FILES), InterruptedRunError)
    monkeypatch.undo()
    resumed: Any = train(resume=tmp_path / "run")
    assert facts(resumed) == facts(whole)
    assert logged(resumed) == logged(whole)


@pytest.mark.xdist_group("phases")
def test_what_may_change_of_a_phase(fit: Any, whole: Any, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"To go on: --set training.phases.1.epochs=4"):
        train(resume=whole.path)
    with pytest.raises(UsageError, match="phase 1 is over: it was to have 2 epochs, and now 3"):
        train(resume=whole.path, overrides={"training.phases.0.epochs": 3})


@pytest.mark.slow
def test_a_callback_ends_its_phase(fit: Any) -> None:
    stop = "optimizer: {Adam: {learning_rate: 0.0}}, callbacks: [{EarlyStopping: {patience: 1}}]"
    text = changed(
        SPEC,
        ("epochs: 2, freeze", "epochs: 9, freeze"),
        ("optimizer: {Adam: {learning_rate: 0.05}}", stop),
    )
    run = fit(text, FILES)
    rows = (run.path / "history.csv").read_text().splitlines()[1:]
    assert [row.split(",")[1] for row in rows] == ["1", "1", "2", "2"]
    assert read_record(run.path).planned == 11
