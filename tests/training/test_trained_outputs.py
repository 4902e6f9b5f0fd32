"""Outputs that a training names, and outputs that it leaves out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from training_cases import CSV, TWO_OUTPUTS, changed

from modelspec.api.predicting import evaluate, predict

pytestmark = pytest.mark.tensorflow

CASES = Path(__file__).parents[1] / "whole_specs" / "cases"
FILES = {"t.csv": CSV}


@pytest.mark.parametrize(
    "outputs", ["[body, art]", pytest.param("{body: body, art: art}", marks=pytest.mark.slow)]
)
def test_an_output_without_a_loss_is_computed_and_takes_no_target(
    fit: Any, tmp_path: Path, outputs: str
) -> None:
    text = changed(
        TWO_OUTPUTS,
        ("OUTPUTS", outputs),
        ("      head1: {Dense: {units: 1}}\n", ""),
        ("x -> body -> head1 as zahl", "x -> body"),
        ("targets: {zahl: y, art: kind}", "targets: {art: kind}"),
        ("inputs: [a, b]", "inputs: [a, b]\n  sample_weight: y"),
    )
    head, _, _ = text.partition("training:")
    training = "training: {epochs: 9, optimizer: adam, metrics: {art: accuracy}, loss: {art: LOSS}}"
    run = fit(head + training.replace("LOSS", "sparse_categorical_crossentropy"), FILES)
    names = ["loss", "art_accuracy"]
    assert set(run.history) == {*names, *(f"val_{name}" for name in names)}
    assert set(evaluate(run.path)[0]) == {"test_loss", "test_art_accuracy"}
    columns = predict(run.path, tmp_path / "t.csv")
    assert {"art", "body_0", "body_7"} <= set(columns)


@pytest.mark.parametrize(
    "name", ["states-as-outputs-each-with-a-loss", "results-with-names-that-are-no-scopes"]
)
def test_logs_have_the_names_of_the_spec(fit: Any, name: str) -> None:
    text = (CASES / f"{name}.yaml").read_text(encoding="utf-8")
    data = "data: {train: {synthetic: {examples: 32}}, validation: 0.5}\n"
    run = fit(text + data)
    outputs = json.loads((run.path / "data.json").read_text(encoding="utf-8"))["outputs"]
    for output in outputs:
        assert f"{output}_loss" in run.history
        assert f"val_{output}_loss" in run.history
