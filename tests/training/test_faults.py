"""What cannot be trained is one finding at its line, before a folder is made."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from training_cases import CLASSIFIER, CSV, REGRESSION, TWO_OUTPUTS, changed

from modelspec.api import validate_text
from modelspec.diagnostics import Severity
from modelspec.diagnostics.problems import SpecError

pytestmark = [pytest.mark.tensorflow, pytest.mark.pictures]

SPARSE = "loss: sparse_categorical_crossentropy"
LISTED = ("OUTPUTS", "[zahl, art]")
BY_NAME = "loss: {zahl: mse, art: sparse_categorical_crossentropy}"


def more(old: str, line: str) -> tuple[str, str]:
    """Another key of `training` after the metrics."""
    return old, f"{old}\n  {line}"


FAULTS = {
    "few units": (
        CLASSIFIER,
        [("units: 2,", "units: 1,")],
        "units: 1",
        "has one unit",
        "one-class-output",
    ),
    "one hot": (CLASSIFIER, [(SPARSE, "loss: categorical_crossentropy")], "loss", "one_hot", ""),
    "binary": (CLASSIFIER, [(SPARSE, "loss: binary_crossentropy")], "loss", "[2]", "target-shape"),
    "broadcast": (REGRESSION, [("units: 1", "units: 3")], "loss", "[1] with an", "target-shape"),
    "classes": (
        REGRESSION,
        [("loss: mse", SPARSE), ("units: 1", "units: 3")],
        "loss",
        "got 3 in t.csv, row 3",
        "target-range",
    ),
    "range": (REGRESSION, [("mse", "bce")], "loss", "from 0 to 1, got 3 in t.csv", "target-range"),
    "metric": (
        CLASSIFIER,
        [("[accuracy]", "[Precision]")],
        "metrics",
        "`Precision` compares",
        "metric-does-not-fit",
    ),
    "layer": (
        REGRESSION,
        [("layers:", "layers:\n      - Embedding: {input_dim: 2, output_dim: 2}\n      - Flatten")],
        "Embedding",
        "is not in [0, 2)",
        "training-failed",
    ),
    "monitor": (
        REGRESSION,
        [more("[mae]", "callbacks: [{EarlyStopping: {patience: 3}}]")],
        "EarlyStopping",
        "nothing logs `val_loss`",
        "unknown-metric",
    ),
    "checkpoint": (
        CLASSIFIER,
        [more("[accuracy]", "checkpoint: {monitor: val_acuracy}")],
        "checkpoint",
        'did you mean "val_accuracy"',
        "unknown-metric",
    ),
    "expectation": (
        CLASSIFIER,
        [("[accuracy]", "[accuracy]\nexpect: {metrics: {test_acuracy: {min: 1}}}")],
        "expect:",
        'did you mean "test_accuracy"',
        "unknown-metric",
    ),
    "no split": (
        REGRESSION,
        [("[mae]", "[mae]\nexpect: {metrics: {val_mae: {max: 1}}}")],
        "expect:",
        "`data` has no `validation`",
        "unknown-metric",
    ),
    "freeze": (
        CLASSIFIER,
        [more("[accuracy]", "freeze: [stam]")],
        "freeze",
        '"stem"',
        "",
    ),
    "all frozen": (CLASSIFIER, [more("[accuracy]", "freeze: '*'")], "freeze", "nothing", ""),
    "weights": (
        CLASSIFIER,
        [more("[accuracy]", "initial_weights: no.weights.h5")],
        "initial_weights",
        'no file "no.weights.h5"',
        "no-weights",
    ),
    "damaged": (
        CLASSIFIER,
        [more("[accuracy]", "initial_weights: bad.weights.h5")],
        "initial_weights",
        "cannot be read",
        "bad-weights",
    ),
    "class weight": (
        CLASSIFIER,
        [more("[accuracy]", "class_weight: {pso: 2}")],
        "class_weight",
        'did you mean "pos"',
        "unknown-label",
    ),
    "no classes": (
        REGRESSION,
        [more("[mae]", "class_weight: balanced")],
        "class_weight",
        "one class for each example",
        "class-weight",
    ),
    "output": (CLASSIFIER, [(SPARSE, "loss: {knd: mse}")], "loss", '"kind"', "unknown-output"),
    "one loss": (TWO_OUTPUTS, [LISTED, (BY_NAME, "loss: mse")], "loss:", "by name", ""),
    "no loss": (
        TWO_OUTPUTS,
        [LISTED, (BY_NAME, "loss: {zahl: mse}"), ("y, art: kind", "y"), (", art: accuracy}", "}")],
        "art: 3",
        "output `art`, which has no loss",
        "output-without-loss",
    ),
    "optimizer": (
        REGRESSION,
        [("learning_rate: 0.1", "clipnorm: 1, clipvalue: 2")],
        "optimizer",
        "one way of clipping",
        "wrong-value",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_one_finding_at_its_line(fit: Any, tmp_path: Path, name: str) -> None:
    text, pairs, line, words, code = FAULTS[name]
    spec = changed(text, *pairs)
    error = fit(spec, {"t.csv": CSV, "bad.weights.h5": "junk"})
    assert isinstance(error, SpecError), error
    (finding,) = error.findings
    assert words in finding.message + finding.hint
    assert code in ("", finding.code)
    assert line in spec.splitlines()[finding.span.line - 1]
    assert not (tmp_path / "run").exists()


def test_faults_of_data_and_training_come_together(fit: Any) -> None:
    stem = "Dense: {units: 8, activation: relu, name: stem}"
    hidden = f"SpectralNormalization: {{layer: {{{stem}}}}}"  # whose names only the model has
    spec = changed(
        CLASSIFIER, (stem, hidden), ("[a, b]", "[a, bb]"), more("[accuracy]", "freeze: [stam]")
    )
    error = fit(spec, {"t.csv": CSV})
    assert {finding.code for finding in error.findings} == {"unknown-column", "unmatched-freeze"}


def test_a_pattern_that_freezes_nothing_is_one_error_in_validate_and_train(fit: Any) -> None:
    spec = changed(CLASSIFIER, more("[accuracy]", "freeze: [stam]"))
    (finding,) = fit(spec, {"t.csv": CSV}).findings
    (checked,) = [f for f in validate_text(spec, "spec.yaml") if f.severity is Severity.ERROR]
    assert (finding.code, finding.severity) == (checked.code, checked.severity)
    assert finding.code == "unmatched-freeze"


def test_without_data_there_is_nothing_to_train_on(fit: Any) -> None:
    spec = REGRESSION[: REGRESSION.index("data:")]
    error = fit(spec)
    assert isinstance(error, SpecError)
    assert [finding.message for finding in error.findings] == [
        "training needs the section `data`",
        "training needs the section `training`",
    ]


def test_a_loss_that_runs_away_is_said(fit: Any) -> None:
    run = fit(changed(REGRESSION, ("learning_rate: 0.1", "learning_rate: 1.0e+30")), {"t.csv": CSV})
    (finding,) = run.findings
    assert finding.code == "loss-not-finite"
    assert '"loss": null' in (run.path / "metrics.json").read_text()
