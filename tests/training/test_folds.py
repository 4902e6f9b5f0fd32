"""`data.folds`: a model for each fold, each with a folder that is whole, and what they reach."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

import pytest
from training_cases import CLASSIFIER, CSV, changed

from modelspec.diagnostics.problems import UsageError

pytestmark = pytest.mark.tensorflow

FOLDED = changed(
    CLASSIFIER,
    ("  validation: 0.2\n", "  folds: 2\n  stratify: kind\n"),
    ("epochs: 2", "epochs: 1"),
)


def _held_out(fold: Path) -> list[int]:
    """The rows of the file that a fold validates, counted as messages do."""
    with (fold / "out_of_fold.csv").open() as file:
        return [int(row["row"]) for row in csv.DictReader(file)]


def test_every_fold_is_a_run_and_the_means_are_theirs(fit: Any, tmp_path: Path) -> None:
    import numpy as np

    from modelspec.api.predicting import evaluate, predict
    from modelspec.api.training import train

    folds = fit(FOLDED, {"t.csv": CSV})
    assert [run.path.name for run in folds.runs] == ["fold-1", "fold-2"]
    found = json.loads((tmp_path / "run" / "metrics.json").read_text())
    losses = []
    for run in folds.runs:
        own = json.loads((run.path / "metrics.json").read_text())
        assert (run.path / "model.keras").is_file()
        losses.append(own["validation"]["loss"])
        again, missed = evaluate(run.path)
        assert again["test_loss"] == pytest.approx(own["test"]["loss"])
        assert not missed
    assert len(set(losses)) == 2
    assert found["folds"] == 2
    assert found["validation"]["loss"] == pytest.approx(fmean(losses))
    assert found["deviation"]["validation"]["loss"] == pytest.approx(stdev(losses))
    assert folds.metrics["val_loss"] == found["validation"]["loss"]
    with pytest.raises(UsageError, match="holds a run already"):
        train(tmp_path / "spec.yaml", output=tmp_path / "run")

    lines = (tmp_path / "run" / "out_of_fold.csv").read_text().splitlines()
    held = sorted(row for run in folds.runs for row in _held_out(run.path))
    assert [int(line.split(",")[0]) for line in lines[1:]] == held
    assert lines[0] == '"row","fold","kind_truth","kind","kind_probability"'
    truth = [line.split(",")[2] for line in CSV.splitlines()]
    pairs = zip(held, lines[1:], strict=True)
    assert all(line.split(",")[2] == f'"{truth[row - 1]}"' for row, line in pairs)
    each = [predict(run.path, tmp_path / "t.csv", every_class=True) for run in folds.runs]
    mean = predict(tmp_path / "run", tmp_path / "t.csv", every_class=True)
    assert mean["kind_pos"] == pytest.approx((each[0]["kind_pos"] + each[1]["kind_pos"]) / 2)

    alone = train(tmp_path / "spec.yaml", output=tmp_path / "2", overrides={"data.fold": 2})
    pairs = zip(alone.model.get_weights(), folds.runs[1].model.get_weights(), strict=True)
    assert all(np.array_equal(one, other) for one, other in pairs)

    (tmp_path / "run" / "run.json").write_text('{"status": "interrupted", "folds": 1}')
    shutil.rmtree(tmp_path / "run" / "fold-2")
    resumed = train(resume=tmp_path / "run")
    assert json.loads((tmp_path / "run" / "metrics.json").read_text()) == found
    assert [run.history for run in resumed.runs] == [run.history for run in folds.runs]
    with pytest.raises(UsageError, match="with all of its 2 folds"):
        train(resume=tmp_path / "run")
    with pytest.raises(UsageError, match="name one of them, such as"):
        evaluate(tmp_path / "run")
