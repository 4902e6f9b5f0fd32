"""`data.folds`: a model for each fold, each with a folder that is whole, and what they reach."""

from __future__ import annotations

import json
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

import pytest
from training_cases import CLASSIFIER, CSV, changed

from modelspec.diagnostics import UsageError

pytestmark = pytest.mark.tensorflow

FOLDED = changed(
    CLASSIFIER,
    ("  validation: 0.2\n", "  folds: 3\n  stratify: kind\n"),
    ("epochs: 2", "epochs: 1"),
)


def test_every_fold_is_a_run_and_the_means_are_theirs(fit: Any, tmp_path: Path) -> None:
    from modelspec.actions import evaluate

    folds = fit(FOLDED, {"t.csv": CSV})
    assert [run.path.name for run in folds.runs] == ["fold-1", "fold-2", "fold-3"]
    found = json.loads((tmp_path / "run" / "metrics.json").read_text())
    losses = []
    for run in folds.runs:
        own = json.loads((run.path / "metrics.json").read_text())
        assert (run.path / "model.keras").is_file()
        losses.append(own["validation"]["loss"])
        again, missed = evaluate(run.path)
        assert again["test_loss"] == pytest.approx(own["test"]["loss"])
        assert not missed
    assert len(set(losses)) == 3
    assert found["folds"] == 3
    assert found["validation"]["loss"] == pytest.approx(fmean(losses))
    assert found["deviation"]["validation"]["loss"] == pytest.approx(stdev(losses))
    assert folds.metrics["val_loss"] == found["validation"]["loss"]
    with pytest.raises(UsageError, match="holds a run already"):
        from modelspec.actions import train

        train(tmp_path / "spec.yaml", output=tmp_path / "run")


def test_one_fold_alone_is_the_run_that_it_is_among_all(fit: Any, tmp_path: Path) -> None:
    import numpy as np

    alone = fit(changed(FOLDED, ("folds: 3", "folds: 3\n  fold: 2")), {"t.csv": CSV})
    together = fit(FOLDED, {"t.csv": CSV}, output=tmp_path / "all")
    weights = zip(alone.model.get_weights(), together.runs[1].model.get_weights(), strict=True)
    for one, other in weights:
        assert np.array_equal(one, other)
