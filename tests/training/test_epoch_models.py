"""The models of the best epochs, which lie in a run folder, are used as the run is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from training_cases import CLASSIFIER, CSV, changed

from modelspec.api.exporting import export
from modelspec.api.predicting import evaluate, predict
from modelspec.api.specs import summarize
from modelspec.diagnostics.problems import UsageError
from modelspec.exporting import read_metadata
from modelspec.runs import run_of_model

pytestmark = pytest.mark.tensorflow

SPEC = changed(
    CLASSIFIER, ("  epochs: 2\n", "  epochs: 2\n  checkpoint: {monitor: loss, keep: 2}\n")
)


@pytest.mark.slow
def test_a_model_of_an_epoch(fit: Any, tmp_path: Path) -> None:
    run = fit(SPEC, {"t.csv": CSV})
    first, last = (run.path / "checkpoints" / f"epoch-000{epoch}.keras" for epoch in (1, 2))
    assert evaluate(last)[0] == evaluate(run.path)[0] == evaluate(run.path / "model.keras")[0]
    assert evaluate(first)[0] != evaluate(last)[0]
    assert len(predict(first, tmp_path / "t.csv")["kind"]) == 70
    made = export(first, "keras", tmp_path / "out.keras")
    metadata = read_metadata(made)
    assert (metadata.name, metadata.metrics) == ("run-epoch-0001", None)
    assert evaluate(made)[0] == evaluate(first)[0]
    assert summarize(first).name == "spec"

    status = run.path / "run.json"
    status.write_text(json.dumps({"version": 1, "status": "interrupted"}))
    assert evaluate(first)[0]  # the epoch is complete, whatever came after it
    with pytest.raises(UsageError, match="not complete"):
        evaluate(run.path / "model.keras")


def test_a_model_elsewhere_is_none_of_a_run(tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text("{}")
    assert run_of_model(tmp_path / "model.keras") == tmp_path
    assert run_of_model(tmp_path / "checkpoints" / "epoch-0012.keras") == tmp_path
    assert run_of_model(tmp_path / "checkpoints" / "mine.keras") is None
    assert run_of_model(tmp_path / "exported.keras") is None
    assert run_of_model(tmp_path / "other" / "model.keras") is None
