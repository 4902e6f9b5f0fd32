"""`training.seeds`: a model for each seed on the same splits, and what they reach together."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

import pytest
from training_cases import CLASSIFIER, CSV, changed

from modelspec.api.predicting import evaluate, predict
from modelspec.api.runs import list_runs
from modelspec.api.training import train
from modelspec.diagnostics import UsageError

pytestmark = [pytest.mark.tensorflow, pytest.mark.slow]

SEEDED = changed(CLASSIFIER, ("epochs: 2", "epochs: 1\n  seed: 4\n  seeds: 2"))


def test_each_seed_is_a_run_on_the_same_splits(fit: Any, tmp_path: Path) -> None:
    group = fit(SEEDED, {"t.csv": CSV})
    folder = tmp_path / "run"
    assert [run.path.name for run in group.runs] == ["seed-4", "seed-5"]
    records = [json.loads((run.path / "data.json").read_text()) for run in group.runs]
    assert records[0]["digests"] == records[1]["digests"]
    assert [record["seed"] for record in records] == [4, 5]
    losses = [run.metrics["test_loss"] for run in group.runs]
    assert len(set(losses)) == 2
    found = json.loads((folder / "metrics.json").read_text())
    assert found["seeds"] == json.loads((folder / "run.json").read_text())["seeds"] == [4, 5]
    assert found["test"]["loss"] == pytest.approx(fmean(losses))
    assert found["deviation"]["test"]["loss"] == pytest.approx(stdev(losses))
    (record,), _ = list_runs(folder)
    assert (record.members, record.deviations) == (2, found["deviation"])

    each = [predict(run.path, split="test", every_class=True) for run in group.runs]
    mean = predict(folder, split="test", every_class=True)
    assert mean["row"].tolist() == each[0]["row"].tolist() == each[1]["row"].tolist()
    between = (each[0]["kind_pos"] + each[1]["kind_pos"]) / 2
    assert mean["kind_pos"] == pytest.approx(between, abs=1e-6)
    with pytest.raises(UsageError, match="has a run for each seed: name one of them, such as"):
        evaluate(folder)

    (folder / "run.json").write_text('{"status": "interrupted", "seeds": [4]}')
    shutil.rmtree(folder / "seed-5")
    resumed = train(resume=folder)
    assert json.loads((folder / "metrics.json").read_text()) == found
    assert [run.history for run in resumed.runs] == [run.history for run in group.runs]
    with pytest.raises(UsageError, match="with all of its 2 seeds"):
        train(resume=folder)

    one = train(
        tmp_path / "spec.yaml",
        output=tmp_path / "one",
        overrides={"training.seeds": 1, "training.seed": 5, "data.seed": 4},
    )
    assert one.metrics == resumed.runs[1].metrics


def test_seeds_that_diverge_have_no_mean(fit: Any, tmp_path: Path) -> None:
    group = fit(
        changed(SEEDED, ("{Adam: {learning_rate: 0.05}}", "{SGD: {learning_rate: 1.0e+30}}")),
        {"t.csv": CSV},
    )
    assert [finding.code for finding in group.findings] == ["loss-not-finite"]
    found = json.loads((tmp_path / "run" / "metrics.json").read_text())
    assert found["test"]["loss"] is found["deviation"]["test"]["loss"] is None
    assert found["test"]["accuracy"] is not None
