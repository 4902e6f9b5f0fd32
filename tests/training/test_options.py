"""What `training` can say, seen in what comes out."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest
from training_cases import CLASSIFIER, CSV, REGRESSION, TWO_OUTPUTS, changed

from modelspec.api.predicting import evaluate, predict
from modelspec.training.run import MissedError

pytestmark = pytest.mark.tensorflow

FILES = {"t.csv": CSV}


def after(old: str, *lines: str) -> tuple[str, str]:
    return old, "\n  ".join([old, *lines])


@pytest.mark.parametrize(
    "outputs",
    [
        "[zahl, art]",
        "{art: art, zahl: zahl}",
        pytest.param("[art, zahl]", marks=pytest.mark.slow),
        pytest.param("{zahl: zahl, art: art}", marks=pytest.mark.slow),
    ],
)
def test_outputs_by_name_in_any_structure(fit: Any, tmp_path: Path, outputs: str) -> None:
    run = fit(changed(TWO_OUTPUTS, ("OUTPUTS", outputs)), FILES)
    names = ["loss", "zahl_loss", "art_loss", "zahl_mae", "zahl_root_mean_squared_error"]
    names.append("art_accuracy")
    assert set(run.history) == {*names, *(f"val_{name}" for name in names)}
    assert run.history["art_accuracy"][-1] > 0.9
    assert run.history["zahl_mae"][-1] < 2
    for total, number, kind in zip(
        run.history["val_loss"],
        run.history["val_zahl_loss"],
        run.history["val_art_loss"],
        strict=True,
    ):
        assert total == pytest.approx(number + 3 * kind, rel=1e-4)
    measured, _ = evaluate(run.path)
    assert measured["test_zahl_mae"] == pytest.approx(run.metrics["test_zahl_mae"], rel=1e-5)
    columns = predict(run.path, tmp_path / "t.csv")
    assert set(columns["art"]) == {"pos", "neg"}
    assert abs(columns["zahl"][3] - 9) < 4


def test_the_same_seed_gives_the_same_run(fit: Any, tmp_path: Path) -> None:
    runs = [fit(CLASSIFIER, FILES, output=tmp_path / name) for name in "ab"]
    other = fit(CLASSIFIER, FILES, output=tmp_path / "c", overrides={"training.seed": 5})
    assert runs[0].history == runs[1].history
    assert runs[0].history != other.history
    assert (other.path / "overrides.yaml").read_text() == "training.seed: 5\n"
    assert "seed: 5" in (other.path / "spec.expanded.yaml").read_text()
    assert "seed" not in (other.path / "spec.yaml").read_text()


def test_frozen_layers_stay(fit: Any) -> None:
    run = fit(changed(CLASSIFIER, after("[accuracy]", 'freeze: ["st*"]')), FILES)
    free = fit(CLASSIFIER, FILES, force=True)
    bias = run.model.get_layer("stem").get_weights()[1]
    assert not bias.any()
    assert free.model.get_layer("stem").get_weights()[1].any()


def test_initial_weights(fit: Any, tmp_path: Path) -> None:
    run = fit(CLASSIFIER, FILES)
    run.model.save_weights(tmp_path / "w.weights.h5")
    spec = changed(CLASSIFIER, after("[accuracy]", "initial_weights: w.weights.h5", "freeze: stem"))
    again = fit(spec, FILES, force=True)
    stems = (found.model.get_layer("stem").get_weights() for found in (run, again))
    assert all((old == new).all() for old, new in zip(*stems, strict=True))


def test_the_best_epochs_are_kept(fit: Any) -> None:
    spec = changed(
        CLASSIFIER,
        ("epochs: 2", "epochs: 9"),
        after("[accuracy]", "checkpoint: {monitor: val_accuracy, keep: 2}"),
    )
    run = fit(spec, FILES)
    values = run.history["val_accuracy"]
    best = sorted(range(9), key=lambda epoch: (-values[epoch], epoch))[:2]
    kept = sorted(path.name for path in (run.path / "checkpoints").glob("*.keras"))
    assert kept == sorted(f"epoch-{epoch + 1:04d}.keras" for epoch in best)


@pytest.mark.parametrize(
    ("line", "policy"),
    [
        ("precision: mixed_bfloat16", "mixed_bfloat16"),
        ("jit_compile: true", "float32"),
        pytest.param("jit_compile: false", "float32", marks=pytest.mark.slow),
        ("steps_per_execution: 3", "float32"),
    ],
)
def test_how_it_computes(fit: Any, line: str, policy: str) -> None:
    import keras

    run = fit(changed(REGRESSION, after("[mae]", line)), FILES)
    assert run.model.get_layer("y").dtype_policy.name == policy
    assert keras.config.dtype_policy().name == "float32"
    if "steps" in line or "jit" in line:
        plain = fit(REGRESSION, FILES, force=True)
        assert run.history["loss"] == pytest.approx(plain.history["loss"], rel=1e-4)


def test_a_metric_with_a_value_for_each_class(fit: Any) -> None:
    spec = changed(
        TWO_OUTPUTS,
        ("OUTPUTS", "[zahl, art]"),
        ("epochs: 40", "epochs: 1"),
        ("art: accuracy}", "art: accuracy}\nexpect: {metrics: {test_zahl_r2_1: {max: 1}}}"),
        ("{RootMeanSquaredError: {}}", "{R2Score: {class_aggregation: null, name: r2}}"),
        ("head1: {Dense: {units: 1}}", "head1: {Dense: {units: 2}}"),
        ("zahl: y,", "zahl: [y, a],"),
    )
    run = fit(spec, FILES)
    assert {"zahl_r2_0", "zahl_r2_1", "val_zahl_r2_1"} <= set(run.history)
    assert "test_zahl_r2_0" in run.metrics


def test_a_missed_expectation_leaves_a_whole_run(fit: Any) -> None:
    run = fit(
        changed(REGRESSION, ("[mae]", "[mae]\nexpect: {metrics: {test_mae: {max: 1.0e-9}}}")), FILES
    )
    assert [miss.name for miss in run.missed] == ["test_mae"]
    assert (run.path / "model.keras").exists()
    with pytest.raises(MissedError, match="`test_mae` must be at most 1e-09, got") as caught:
        run.raise_if_missed()
    assert caught.value.exit_code == 4
    assert [miss.name for miss in evaluate(run.path)[1]] == ["test_mae"]


def test_logits_become_probabilities_and_binary_labels(fit: Any, tmp_path: Path) -> None:
    spec = changed(
        CLASSIFIER,
        ("units: 2, activation: softmax", "units: 1"),
        ("epochs: 2", "epochs: 30"),
        ("sparse_categorical_crossentropy", "{BinaryCrossentropy: {from_logits: true}}"),
        ("[accuracy]", "[{AUC: {from_logits: true}}]"),
    )
    run = fit(spec, FILES)
    columns = predict(run, tmp_path / "t.csv")
    with (tmp_path / "t.csv").open() as file:
        known = [row["kind"] for row in csv.DictReader(file)]
    assert sum(columns["kind"] == known) > 65
    assert ((columns["kind_probability"] >= 0.5) & (columns["kind_probability"] <= 1)).all()


def test_a_dropped_row_keeps_its_place_in_predictions(fit: Any, tmp_path: Path) -> None:
    spec = changed(CLASSIFIER, ("  inputs: [a, b]", "  inputs: [a, b]\n  missing: {b: drop}"))
    run = fit(spec, FILES)
    new = tmp_path / "new.csv"
    new.write_text("b,a\n1,6\n,6\n2,0\n")
    columns = predict(run.path, new)
    assert predict(run.path, new, tmp_path / "out.csv") == {}
    assert [bool(word) for word in columns["kind"]] == [True, False, True]
    assert (tmp_path / "out.csv").read_text().splitlines()[2] == ","


def test_data_that_changed_is_no_test_split(fit: Any, tmp_path: Path) -> None:
    from modelspec.diagnostics.problems import SpecError

    run = fit(CLASSIFIER, FILES)
    (tmp_path / "t.csv").write_text(CSV + "1,2,pos,3\n")
    with pytest.raises(SpecError, match="data-changed"):
        evaluate(run.path)
    measured, missed = evaluate(run.path, tmp_path / "t.csv")
    assert set(measured) == {"loss", "accuracy"}
    assert missed == []
