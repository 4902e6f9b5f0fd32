"""Gaps: indicators beside the values put in, and new rows with a gap where training had none."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from training_cases import changed

from modelspec.api.predicting import evaluate_in_detail, predict
from modelspec.cli import run as command
from modelspec.data import open_new_data
from modelspec.diagnostics import Findings, UsageError
from modelspec.training import reopen

pytestmark = [pytest.mark.tensorflow, pytest.mark.xdist_group("gaps")]

ROWS = [(i % 7, "" if i % 4 == 1 else i % 5, "pos" if i % 7 > 2 else "neg") for i in range(40)]
CSV = "\n".join(["a,b,kind", *(",".join(map(str, row)) for row in ROWS), ""])
SPEC = """
modelspec: 1
model:
  sequential:
    input: {shape: [3]}
    layers: [Dense: {units: 1, activation: sigmoid, name: kind}]
data:
  train: {csv: t.csv}
  test: 0.2
  inputs: [a, b]
  targets: kind
  missing: {b: {fill: median, indicator: true}}
  missing_new: median
training: {epochs: 1, optimizer: sgd, loss: binary_crossentropy}
"""
NEW = "a,b,kind\n5,,pos\n,2,neg\n3,4,pos\n,,neg\n"
WARNING = (
    "warning: values are missing that the training data had everywhere: `a` 2 (the first in"
    " {}, row 3); "
)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from modelspec.api.training import train

    folder = tmp_path_factory.mktemp("gaps")
    (folder / "t.csv").write_text(CSV)
    (folder / "new.csv").write_text(NEW)
    (folder / "spec.yaml").write_text(SPEC)
    return Path(train(folder / "spec.yaml", output=folder / "run").path)


def inputs_of(run: Path, rule: str) -> np.ndarray[Any, Any]:
    findings = Findings()
    found = open_new_data(reopen(run).preprocessing, run.parent / "new.csv", findings, missing=rule)
    assert found is not None
    [chunk] = list(found.chunks(findings))
    return np.asarray(next(iter(chunk.examples.inputs.values())))


def test_the_indicator_stands_after_the_values_and_medians_are_those_of_training(run: Path) -> None:
    learned = json.loads((run / "data.json").read_text())["learned"]
    b, a = learned["fills"]["b"], learned["medians"]["a"]
    assert 1 <= b <= 3
    assert 2 <= a <= 4
    wanted = [[5, b, 1], [a, 2, 0], [3, 4, 0], [a, b, 1]]
    np.testing.assert_array_equal(inputs_of(run, "median"), np.float32(wanted))
    np.testing.assert_array_equal(inputs_of(run, "empty"), np.float32([wanted[0], wanted[2]]))


@pytest.mark.parametrize(
    ("option", "rows", "outcome"),
    [
        ([], None, "the medians of the training data take their place: `a` {:g}"),
        (
            ["--missing", "empty"],
            None,
            "their rows have no prediction (--missing drop leaves them out)",
        ),
        (["--missing", "drop"], [2, 4], "their rows are left out"),
    ],
)
def test_a_gap_in_new_rows_is_counted_and_never_stops(
    run: Path, option: list[str], rows: Any, outcome: str, capfd: pytest.CaptureFixture[str]
) -> None:
    new = run.parent / "new.csv"
    capfd.readouterr()
    assert command(["predict", str(run), "--data", str(new), "--keep", "b", *option]) == 0
    out, err = capfd.readouterr()
    median = json.loads((run / "data.json").read_text())["learned"]["medians"]["a"]
    assert err.splitlines()[-1] == WARNING.format(new) + outcome.format(median)
    lines = [line.split(",") for line in out.splitlines()]
    if rows is None:
        assert lines[0] == ["b", "kind", "kind_probability"]
        assert [bool(line[1]) for line in lines[1:]] == [True, not option, True, not option]
    else:
        assert lines[0] == ["row", "b", "kind", "kind_probability"]
        assert [int(line[0]) for line in lines[1:]] == rows


def test_a_file_of_gaps_alone_has_no_predictions(run: Path, tmp_path: Path) -> None:
    new = tmp_path / "gaps.csv"
    new.write_text("a,b\n,1\n,2\n")
    assert predict(run, new, missing="empty")["kind"].tolist() == ["", ""]
    assert predict(run, new, missing="drop")["kind"].tolist() == []


def test_an_evaluation_counts_the_rows_that_it_leaves_out(run: Path) -> None:
    new = run.parent / "new.csv"
    found = evaluate_in_detail(run, new, missing="drop")
    assert found.notes[0] == WARNING.format(new) + "their rows are left out"
    assert int(found.confusions[0].counts.sum()) == 2
    assert int(evaluate_in_detail(run, new).confusions[0].counts.sum()) == 4


def test_a_stream_has_the_same_indicators(fit: Any, tmp_path: Path) -> None:
    """Patterns, a shape from the table, and chunks instead of memory."""
    text = changed(
        SPEC,
        ("shape: [3]", "shape: [null]"),
        ("inputs: [a, b]", 'inputs: ["*"]'),
        ("{b: {", '{"b*": {'),
        ("  missing_new: median\n", "  stream: true\n"),
    )
    found = fit(text, {"t.csv": CSV, "new.csv": NEW})
    np.testing.assert_array_equal(inputs_of(found.path, "empty")[:, 2], [1, 0])
    whole = fit(text.replace("stream: true", "stream: false"), output=tmp_path / "whole")
    assert whole.metrics == found.metrics
    with pytest.raises(UsageError, match="write `missing_new: median` under `data`"):
        predict(found, tmp_path / "new.csv", missing="median")
