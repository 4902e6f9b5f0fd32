"""What a run is worth beside its metrics: slices that are expected, intervals, importance."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from modelspec.api import evaluate, importance, measure, predictions_of, train
from modelspec.cli import run as command
from modelspec.diagnostics import UsageError
from modelspec.runs import RunFile
from modelspec.spec.data import Derived
from modelspec.training import RunGroup

pytestmark = [pytest.mark.tensorflow, pytest.mark.xdist_group("worth")]

ROWS = 240

SPEC = """
modelspec: 1
model:
  functional:
    inputs:
      sizes: {shape: [3]}
      town: {shape: [1], dtype: string}
    layers:
      home: {StringLookup: {vocabulary: [north, south], output_mode: one_hot}}
      features: Concatenate
      hidden: {Dense: {units: 16, activation: relu}}
      kind: {Dense: {units: 3, activation: softmax}}
      price: {Dense: {units: 1}}
    edges:
      - town -> home
      - sizes, home -> features -> hidden
      - hidden -> kind
      - hidden -> price
    outputs: [kind, price]
data:
  train: {csv: t.csv}
  validation: 0.2
  test: 0.3
  derive: {double: "${width * 2}"}
  inputs: {sizes: [width, height, double], town: town}
  targets: {kind: {column: kind, labels: [a, b, c]}, price: price}
  missing: {town: north}
training:
  epochs: 12
  seed: 3
  optimizer: {Adam: {learning_rate: 0.03}}
  loss: {kind: sparse_categorical_crossentropy, price: mean_absolute_error}
  metrics: {kind: [accuracy], price: [mean_absolute_error]}
expect:
  metrics:
    test_kind_accuracy:
      min: 0.1
      slices:
        town: {min: 0.1, at_least: 1}
        year: {min: 1.01, at_least: 10}
    test_price_mean_absolute_error: {max: 100, slices: {height: {max: 90, at_least: 1}}}
"""
"""`year` is a column that no input takes, and no model has an accuracy of 1.01."""


def table_text() -> str:
    """The kind follows the width, the price the height; the town says nothing."""
    draw = np.random.default_rng(1)
    lines = ["width,height,town,year,kind,price"]
    for _ in range(ROWS):
        width, height = draw.normal(size=2)
        town = ["north", "south", ""][draw.choice(3, p=[0.6, 0.3, 0.1])]
        kind = "abc"[int(np.digitize(width + 0.3 * draw.normal(), [-0.5, 0.5]))]
        price = 3 * height + 0.1 * draw.normal()
        year = [2020, 2021, 2022][draw.choice(3, p=[0.55, 0.42, 0.03])]
        lines.append(f"{width:.4f},{height:.4f},{town},{year},{kind},{price:.4f}")
    return "\n".join(lines) + "\n"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("worth")
    (folder / "t.csv").write_text(table_text(), encoding="utf-8")
    (folder / "spec.yaml").write_text(SPEC, encoding="utf-8")
    return train(folder / "spec.yaml", output=folder / "run")


def said_of(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[int, Any, str]:
    capsys.readouterr()
    code = command(["evaluate", *arguments, "--format", "json"])
    out, err = capsys.readouterr()
    return code, json.loads(out) if out else None, err


def test_a_slice_that_misses_is_named_with_its_rows_and_interval(
    run: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = predictions_of(run.path)
    years = rows.columns["year"].tolist()
    truth = rows.outputs["kind"]
    hits = truth.decisions() == truth.truth
    large = {year for year in set(years) if years.count(year) >= 10}
    assert len(large) == 2 and len(set(years)) == 3, "one slice is too small to decide"
    assert {miss.slice.found.value for miss in run.missed} == large
    for miss in run.missed:
        year = miss.slice.found.value
        share = hits[[one == year for one in years]].mean()
        assert miss.value == pytest.approx(share)
        assert f"`test_kind_accuracy` where `year` is {year} must be at least 1.01" in str(miss)
        assert f"] in {years.count(year)} rows [expectation-missed]" in str(miss)
        assert str(miss).startswith(f"{run.path.parent / 'spec.yaml'}:40:9: error: ")
    _, missed = evaluate(run.path)
    assert [str(one.slice) for one in missed] == [str(one.slice) for one in run.missed]
    code, found, err = said_of([str(run.path), "--mistakes", "2"], capsys)
    assert code == 4 and err.count("missed: ") == 2
    metrics = json.loads((run.path / RunFile.METRICS).read_text(encoding="utf-8"))
    assert found["missed"] == metrics["missed"]
    assert found["missed"][0]["slice"]["column"] == "year"
    assert found["missed"][0]["slice"]["low"] < 1


def test_a_column_of_slices_is_no_input(run: Any) -> None:
    spec = yaml.safe_load((run.path / RunFile.EXPANDED_SPEC).read_text(encoding="utf-8"))
    assert spec["data"]["inputs"]["sizes"] == ["width", "height", "double"]
    assert spec["expect"]["metrics"]["test_kind_accuracy"]["slices"]["year"]["min"] == 1.01
    assert run.model.inputs[0].shape == (None, 3)


def test_training_exits_with_4(
    run: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = str(run.path.parent / "spec.yaml")
    arguments = ["train", spec, "-o", str(tmp_path / "run"), "--set", "training.epochs=1"]
    assert command(arguments) == 4
    assert "where `year` is 2020 must be at least 1.01, got 0." in capsys.readouterr().err


WITHOUT_TENSORFLOW = """
import sys
from modelspec.api import measure
found = measure(sys.argv[1], slices=["town", "year", "price"], intervals=True, mistakes=5)
measure(sys.argv[1], residuals=True)
assert not {"tensorflow", "keras", "sklearn"} & set(sys.modules), "TensorFlow was started"
print(len(found.outputs))
"""


def test_nothing_of_it_starts_tensorflow_where_the_predictions_are_kept(run: Any) -> None:
    table = run.path.parent / "t.csv"
    assert table.exists()
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_TENSORFLOW, str(run.path)],
        check=False,
        capture_output=True,
        text=True,
    )
    assert (done.stdout, done.returncode) == ("2\n", 0), done.stderr


def test_a_column_that_was_not_kept_is_added_without_the_model(run: Any, tmp_path: Path) -> None:
    text = SPEC[: SPEC.index("expect:")]
    (tmp_path / "t.csv").write_text(table_text(), encoding="utf-8")
    (tmp_path / "spec.yaml").write_text(text, encoding="utf-8")
    made = train(tmp_path / "spec.yaml", output=tmp_path / "run")
    assert "year" not in predictions_of(made.path).columns
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_TENSORFLOW, str(made.path)], check=False, capture_output=True
    )
    assert done.returncode == 0, done.stderr
    kept = predictions_of(made.path)
    assert kept.columns["year"].tolist() == predictions_of(run.path).columns["year"].tolist()
    with pytest.raises(UsageError, match=r"no column `yaer` .*did you mean \"year\""):
        measure(made.path, slices=["yaer"])


def test_the_command_shows_what_is_asked_for(run: Any, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = [str(run.path), "--slices", "town", "--intervals", "--mistakes", "2", "--residuals"]
    code, found, _ = said_of(arguments, capsys)
    assert code == 4
    kind, price = found["outputs"]["kind"], found["outputs"]["price"]
    accuracy = kind["intervals"]["test_kind_accuracy"]
    assert accuracy["value"] == pytest.approx(found["metrics"]["test_kind_accuracy"])
    assert accuracy["low"] < accuracy["value"] < accuracy["high"]
    assert price["intervals"]["test_price_mean_absolute_error"]["method"] == "bootstrap"
    (town,) = kind["slices"]
    assert [one["value"] for one in town["slices"]][-1] is None, "gaps as they were, not filled"
    assert sum(one["n"] for one in town["slices"]) == accuracy["n"]
    assert len(kind["mistakes"]["rows"]) == 2 and "year" in kind["mistakes"]["rows"][0]["columns"]
    assert price["residuals"][0]["mae"] == pytest.approx(
        found["metrics"]["test_price_mean_absolute_error"], rel=1e-4
    )
    assert kind["baseline"][0]["constant"].startswith("always `")
    assert price["baseline"][0]["gain"] > 0
    capsys.readouterr()
    assert command(["evaluate", *arguments]) == 4
    shown = capsys.readouterr().out
    assert "kind by town" in shown and "95 % interval" in shown
    assert "kind: accuracy " in shown and " is better than always `" in shown


def test_a_file_is_worth_as_much_as_the_split_of_its_rows(
    run: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = (run.path.parent / "t.csv").read_text(encoding="utf-8").splitlines()
    rows = predictions_of(run.path).places["row"].tolist()
    new = tmp_path / "new.csv"
    new.write_text("\n".join([lines[0], *(lines[row - 1] for row in rows)]) + "\n")
    _, split, _ = said_of([str(run.path), "--slices", "town"], capsys)
    code, found, _ = said_of([str(run.path), "--data", str(new), "--slices", "town"], capsys)
    assert code == 0
    both = [one["outputs"]["kind"]["slices"][0]["slices"] for one in (split, found)]
    assert both[0] == both[1]


def test_the_importance_is_that_of_the_model_by_hand(
    run: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    """`double` is made of the width alone, so both move together."""
    found = importance(run.path, repeats=3)
    kind = {one.feature: one for one in found["kind"].features}
    assert next(iter(kind)) == "width" and kind.keys() == {"width", "height", "town"}
    assert found["price"].features[0].feature == "height"
    assert kind["width"].mean > 0.2 > abs(kind["town"].mean)
    rows = predictions_of(run.path)
    columns = {name: rows.columns[name] for name in ("width", "height", "town")}
    size = len(rows)
    draw = np.random.default_rng([0, *b"width"])
    for drop in kind["width"].drops:
        width = columns["width"][draw.permutation(size)]
        sizes = np.stack([width, columns["height"], 2 * width], axis=1).astype(np.float32)
        towns = np.array([[one or "north"] for one in columns["town"]], object)
        said = run.model.predict({"sizes": sizes, "town": as_strings(towns)}, verbose=0)
        hits = np.asarray(said["kind"] if isinstance(said, dict) else said[0]).argmax(axis=1)
        accuracy = float((hits == rows.outputs["kind"].truth).mean())
        assert found["kind"].score - accuracy == pytest.approx(drop, abs=1e-6)
    again = importance(run.path, repeats=3)
    assert again == found
    saved = json.loads((run.path / RunFile.IMPORTANCE).read_text(encoding="utf-8"))
    assert saved["outputs"]["price"] == found["price"].to_dict()
    assert saved["repeats"] == 3 and len(saved["weights"]) >= 32
    _, said, _ = said_of([str(run.path), "--importance", "--repeats", "1"], capsys)
    assert said["outputs"]["kind"]["importance"]["features"][0]["feature"] == "width"


def as_strings(values: Any) -> Any:
    import tensorflow as tf

    return tf.convert_to_tensor(values.tolist())


def test_options_that_do_not_go_together(
    run: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for arguments, message in (
        (["--importance", "--data", "t.csv"], "leave out --data"),
        (["--repeats", "3"], "give --importance too"),
        (["--slices", "yaer"], 'did you mean "year"'),
    ):
        assert said_of([str(run.path), *arguments], capsys)[0] == 2
        capsys.readouterr()
        command(["evaluate", str(run.path), *arguments])
        assert message in capsys.readouterr().err
    exported = tmp_path / "model.onnx"
    exported.write_bytes(b"")
    assert said_of([str(exported), "--importance"], capsys)[0] == 2


@pytest.mark.slow
def test_folds_are_measured_over_all_their_rows(tmp_path: Path) -> None:
    text = SPEC.replace("  validation: 0.2\n  test: 0.3\n", "  folds: 3\n")
    text = text.replace("test_", "val_").replace("epochs: 12", "epochs: 2")
    (tmp_path / "t.csv").write_text(table_text(), encoding="utf-8")
    (tmp_path / "spec.yaml").write_text(text, encoding="utf-8")
    group = train(tmp_path / "spec.yaml", output=tmp_path / "run")
    assert isinstance(group, RunGroup)
    sizes = {m.slice.found.value: m.slice.found.n for m in group.missed if m.slice.column == "year"}
    lines = table_text().splitlines()[1:]
    years = [line.split(",")[3] for line in lines]
    assert sizes == {year: years.count(year) for year in set(years) if years.count(year) >= 10}


def test_what_is_derived_of_one_column_is_shuffled_with_it() -> None:
    from modelspec.diagnostics import Span
    from modelspec.training.measures.importance import source_of

    span = Span("", 1, 1, 1, 1)
    takes = {"double": ["width"], "more": ["double"], "area": ["width", "height"], "age": []}
    derive = {n: Derived(n, "expression", dict.fromkeys(t, ""), span) for n, t in takes.items()}
    assert source_of("more", derive) == "width"
    assert source_of("area", derive) == "area"
    assert source_of("age", derive) == "age"
    assert source_of("town", derive) == "town"
