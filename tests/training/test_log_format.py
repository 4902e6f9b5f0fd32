"""What a machine reads of a training."""

from __future__ import annotations

import json
from typing import Any

import pytest
from training_cases import CLASSIFIER, CSV, REGRESSION, changed

pytestmark = pytest.mark.tensorflow


def events(said: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in said.splitlines()]


def test_an_object_a_line(fit: Any, capfd: Any) -> None:
    run = fit(CLASSIFIER, {"t.csv": CSV}, log_format="json")
    begin, first, second, end = events(capfd.readouterr().err)
    assert begin["event"] == "begin"
    assert begin["model"] == "spec"
    assert begin["examples"] == {"train": 42, "validation": 14, "test": 14}
    assert begin["run"] == str(run.path)
    assert [first["epoch"], second["epoch"], second["epochs"]] == [1, 2, 2]
    assert second["logs"] == {name: values[-1] for name, values in run.history.items()}
    assert second["seconds"] > 0
    assert end["event"] == "end"
    assert end["metrics"] == run.metrics
    assert "2/2  loss" in (run.path / "train.log").read_text()  # for people, there as ever


def test_a_number_that_json_has_not_is_null(fit: Any, capfd: Any) -> None:
    fit(changed(REGRESSION, ("0.1", "1.0e30")), {"t.csv": CSV}, log_format="json")
    epochs = [event for event in events(capfd.readouterr().err) if event["event"] == "epoch"]
    assert epochs[-1]["logs"]["loss"] is None
