"""A loaded model predicts for rows what `modelspec predict` says of a file with them."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("tensorflow")

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

import modelspec
from modelspec.cli import run as run_command
from modelspec.data.rows import rows_from

pytestmark = [pytest.mark.tensorflow, pytest.mark.xdist_group("loaded_model")]

SPECS = Path(__file__).parents[2] / "specs"

TABLE = """\
modelspec: 1
name: visits
model:
  functional:
    inputs:
      numbers: {shape: [5]}
      town: {shape: [1], dtype: string}
      tags: {shape: [4], dtype: string}
    layers:
      scaled: Normalization
      home: {StringLookup: {output_mode: one_hot, max_tokens: 5, pad_to_max_tokens: true}}
      words: {StringLookup: {output_mode: multi_hot, max_tokens: 6, pad_to_max_tokens: true}}
      features: Concatenate
      kind: {Dense: {units: 3, activation: softmax}}
      paid: {Dense: {units: 1, activation: sigmoid}}
      amount: {Dense: {units: 1}}
    edges:
      - numbers -> scaled
      - town -> home
      - tags -> words
      - scaled, home, words -> features
      - features -> kind
      - features -> paid
      - features -> amount
    outputs: [kind, paid, amount]
data:
  train: {jsonl: visits.jsonl}
  inputs:
    numbers: [age, income, month, ratio, age_band]
    town: town
    tags: {column: tags, pad: 4}
  derive:
    month: {date: day, part: month}
    ratio: "${income / (age + 1)}"
    age_band: {bins: age, edges: [30, 50]}
  targets:
    kind: {column: kind, labels: auto}
    paid: {column: paid, labels: ["no", "yes"]}
    amount: amount
  missing: {age: median, income: mean, ratio: 0, age_band: 0}
training:
  epochs: 1
  seed: 3
  optimizer: adam
  loss: {kind: sparse_categorical_crossentropy, paid: binary_crossentropy, amount: mse}
"""

POINTS = """\
modelspec: 1
name: points
model:
  functional:
    inputs: {numbers: {shape: [2]}, town: {shape: [1], dtype: string}, level: {shape: [1]}}
    layers:
      scaled: Normalization
      home: {StringLookup: {output_mode: one_hot, max_tokens: 5, pad_to_max_tokens: true}}
      small: {Rescaling: {scale: 0.5, offset: 0.1}}
      all: Concatenate
      kind: {Dense: {units: 2, activation: softmax}}
    edges:
      - numbers -> scaled
      - town -> home
      - level -> small
      - scaled, home, small -> all -> kind
    outputs: [kind]
data:
  train: {csv: {path: points.csv, na: ["?"]}}
  inputs: {numbers: [x, y], town: town, level: level}
  targets: {kind: {column: kind, labels: auto}}
  missing: {x: mean}
training: {epochs: 1, seed: 3, optimizer: adam, loss: sparse_categorical_crossentropy}
"""


def _visits() -> list[dict[str, Any]]:
    rng = np.random.default_rng(1)
    return [
        {
            "age": None if row % 7 == 3 else int(rng.integers(18, 80)),
            "income": None if row % 11 == 5 else float(rng.normal(3000, 800)),
            "day": f"2026-{1 + row % 12:02}-{1 + row % 28:02}",
            "town": ["Ulm", "Köln", "Jena"][row % 3],
            "tags": ["a", "b", "c", "d"][: row % 5],
            "kind": "xyz"[row % 3],
            "paid": ["no", "yes"][row % 2],
            "amount": float(row),
        }
        for row in range(60)
    ]


def _points() -> list[dict[str, str]]:
    rng = np.random.default_rng(2)
    return [
        {
            "x": "?" if row % 9 == 4 else f"{rng.normal():.4f}",
            "y": f"{rng.normal():.4f}",
            "town": ["Ulm", "Köln", "-"][row % 3],
            "level": str(row % 4),
            "kind": "uv"[row % 2],
        }
        for row in range(40)
    ]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The run `visits`; the run `points` and its exports."""
    top = tmp_path_factory.mktemp("loaded")
    (top / "visits.yaml").write_text(TABLE, encoding="utf-8")
    lines = "".join(json.dumps(row) + "\n" for row in _visits())
    (top / "visits.jsonl").write_text(lines, encoding="utf-8")
    (top / "points.yaml").write_text(POINTS, encoding="utf-8")
    with (top / "points.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(_points()[0]))
        writer.writeheader()
        writer.writerows(_points())
    for name in ("visits", "points"):
        modelspec.train(top / f"{name}.yaml", output=top / name, log_format="lines")
    modelspec.export(top / "points", "litert", top / "points.tflite")
    split = ["export", str(top / "points"), "--format", "onnx", "--without-preprocessing"]
    assert run_command([*split, "-o", str(top / "points.onnx")]) == 0
    return top


def _same(found: list[dict[str, Any]], expected: Mapping[str, Any]) -> None:
    """Rows as dicts are columns of a file's predictions, to the last digit."""
    assert [*found[0]] == [*expected]
    for name, column in expected.items():
        wanted = column.tolist()
        for row, value in zip(found, wanted, strict=True):
            missing = value == "" or value != value  # noqa: PLR0124  # NaN
            assert row[name] is None if missing else row[name] == value, name


def test_dicts_are_as_the_lines_of_a_jsonl_file(folder: Path) -> None:
    rows = _visits()
    rows[4]["town"] = None  # where training had no gap
    lines = folder / "new.jsonl"
    lines.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    with modelspec.load(folder / "visits") as model:
        for options in ({}, {"every_class": True}, {"positive": True, "threshold": 0.7}):
            expected = modelspec.predict(folder / "visits", lines, **options)
            assert expected["kind"][4] == ""
            _same(model.predict(rows, **options), expected)
        in_file = model.predict(lines)
        assert isinstance(in_file, dict)
        _same(model.predict(rows), in_file)
    with pytest.raises(modelspec.UsageError, match="was closed: load it again"):
        model.predict(rows)


@pytest.mark.parametrize("file", ["points", "points.tflite", "points.onnx"])
def test_text_is_as_the_cells_of_a_csv(file: str, folder: Path) -> None:
    """A string is read as a cell would be, `?` as the spec says of it."""
    rows = _points()
    expected = modelspec.predict(folder / file, folder / "points.csv", every_class=True)
    model = modelspec.load(folder / file)
    _same(model.predict(rows, every_class=True), expected)
    numbers = [
        {**row, "level": int(row["level"]), "x": None if row["x"] == "?" else float(row["x"])}
        for row in rows
    ]
    _same(model.predict(numbers, every_class=True), expected)


def test_columns_give_columns(folder: Path) -> None:
    rows = _points()
    expected = modelspec.predict(folder / "points.onnx", folder / "points.csv")
    model = modelspec.load(folder / "points.onnx")
    columns: dict[str, Any] = {name: [row[name] for row in rows] for name in rows[0]}
    columns["level"] = np.asarray(columns["level"], dtype=np.float32)
    columns["y"] = np.asarray(columns["y"], dtype=np.float64)
    columns["x"] = [None if value == "?" else float(value) for value in columns["x"]]
    for given in (columns, pa.table(columns), pa.record_batch(columns), _Frame(columns)):
        found = model.predict(given)
        assert isinstance(found, dict)
        for name, column in expected.items():
            np.testing.assert_array_equal(found[name], column)


class _Frame:
    """What pandas and polars have of a data frame, where neither is installed."""

    def __init__(self, columns: Mapping[str, Any]) -> None:
        self.table = pa.table(columns)
        self.columns = [*columns]

    def to_numpy(self) -> Any:
        raise AssertionError("a frame of several types has no array")

    def __arrow_c_stream__(self, schema: Any = None) -> Any:
        return self.table.__arrow_c_stream__(schema)


def test_an_array_is_for_the_only_input(tmp_path: Path) -> None:
    rows = rows_from(np.eye(3), ["a", "b", "c"])
    assert rows.names == ["a", "b", "c"] and rows.count == 3 and not rows.as_dicts
    with pytest.raises(modelspec.UsageError, match=r"expected, got \[3, 3\]"):
        rows_from(np.eye(3), ["a", "b"])
    with pytest.raises(modelspec.UsageError, match="one input, and this one has several"):
        rows_from(np.eye(3), [])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"y": "abc"}, '`y` is "abc" in the data, row 1'),
        ({"x": float("inf")}, "`x` is infinite in the data, row 1"),
        ({"x": object()}, "`x` of the data has the object"),
        ({"x": [1.0]}, "`x` of the data has 1.5 in row 0 and [1.0] in row 1"),
        ({"y": 10**400}, "`y` of the data is the text"),
        ({"town": 3}, "`town` of the data is the text 'Köln' in row 0 and 3 in row 1"),
    ],
)
def test_what_is_wrong_names_the_column_and_the_row(
    change: dict[str, Any], said: str, folder: Path
) -> None:
    rows: list[dict[str, Any]] = [{**row, "x": 1.5} for row in _points()[1:3]]
    rows[1] |= change
    with pytest.raises(modelspec.SpecError) as error:
        modelspec.load(folder / "points.onnx").predict(rows)
    assert said in str(error.value)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "an empty dict"),
        ([], "no rows"),
        (pa.chunked_array([[1.0]]), "does not say what their column is called"),
        (pa.array([1.0]), "does not say what their column is called"),
        (None, "a NoneType"),
        ([1], "row 0 of the list is an int"),
        ({1: 2}, "a column is called by text"),
        ({"x": [1, 2], "y": [1]}, "`x` has 2 rows, `y` has 1"),
    ],
)
def test_what_is_no_row_is_a_usage_error(given: Any, said: str, folder: Path) -> None:
    with pytest.raises(modelspec.UsageError, match=said):
        modelspec.load(folder / "points.onnx").predict(given)


def test_a_column_that_lacks_is_named(folder: Path) -> None:
    row: dict[str, Any] = dict(_points()[0])
    del row["town"]
    with pytest.raises(modelspec.SpecError, match="the data has no column `town`"):
        modelspec.load(folder / "points.onnx").predict(row)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"threshold": 2.0}, "between 0 and 1"),
        ({"missing": "mean"}, 'got "mean"'),
    ],
)
def test_options_are_checked(options: dict[str, Any], said: str, folder: Path) -> None:
    with pytest.raises(modelspec.UsageError, match=said):
        modelspec.load(folder / "points.onnx").predict(_points(), **options)


@pytest.mark.parametrize("given", [None, {"modelspec": 1}])
def test_what_is_no_run_is_a_usage_error(given: Any) -> None:
    with pytest.raises(modelspec.UsageError, match="a run is what `train` gives"):
        modelspec.load(given)


def test_a_model_says_what_it_takes_and_gives(folder: Path) -> None:
    model = modelspec.load(folder / "visits")
    found = {one.name: one for one in model.inputs}
    assert [*found] == ["age", "income", "town", "tags", "day"]
    assert found["age"].may_be_missing and not found["town"].may_be_missing
    assert [one.kind for one in found.values()] == ["number", "number", "text", "list", "text"]
    assert found["day"].feeds == ("numbers",)
    assert [(one.name, one.classes) for one in model.outputs] == [
        ("kind", ("x", "y", "z")),
        ("paid", ("no", "yes")),
        ("amount", ()),
    ]
    assert model.metrics["train"]["loss"] > 0
    assert model.summary().name == "visits"
    exported = modelspec.load(folder / "points.onnx")
    assert exported.metrics["train"]["loss"] > 0
    assert exported.summary().name == "points"
    assert repr(exported) == f"<LoadedModel {folder / 'points.onnx'}: kind>"


@pytest.mark.parametrize("file", ["points.tflite", "points.onnx", "points"])
def test_threads_share_a_model(file: str, folder: Path) -> None:
    """Each thread gets the predictions of its own rows."""
    rows = _points()
    model = modelspec.load(folder / file)
    expected = [model.predict(row) for row in rows]
    wrong: list[object] = []

    def ask(start: int) -> None:
        for turn in range(60):
            row = (start * 7 + turn) % len(rows)
            try:
                if model.predict(rows[row]) != expected[row]:
                    wrong.append(row)
            except Exception as error:  # a thread's error would be lost
                wrong.append(error)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


ALONE = """\
import sys
import modelspec
row = {"x": 1.5, "y": 2, "town": "Ulm", "level": 1}
print(modelspec.load(sys.argv[1]).predict(row)[0]["kind"])
print([name for name in ("tensorflow", "keras", "onnx", "pandas") if name in sys.modules])
"""


@pytest.mark.parametrize("file", ["points.tflite", "points.onnx"])
def test_exported_files_are_run_without_tensorflow(file: str, folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", ALONE, str(folder / file)],
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.stdout.splitlines()[1:] == ["[]"], done.stderr


@pytest.mark.slow
def test_a_forecast_needs_the_rows_before_it(tmp_path: Path) -> None:
    text = (SPECS / "sunspots.yaml").read_text(encoding="utf-8")
    spec = tmp_path / "sunspots.yaml"
    spec.write_text(text.replace("data/", f"{SPECS.as_posix()}/data/"), encoding="utf-8")
    changes = {"training.epochs": 1, "expect": {}}
    modelspec.train(spec, output=tmp_path / "run", overrides=changes)
    model = modelspec.load(tmp_path / "run")
    with (SPECS / "data/sunspots.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))[-40:]
    with pytest.raises(modelspec.SpecError) as error:
        model.predict(rows[-1])
    assert "22" in str(error.value)
    lines = tmp_path / "past.csv"
    with lines.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    _same(model.predict(rows), modelspec.predict(tmp_path / "run", lines))


IMAGES = """\
modelspec: 1
name: pictures
model:
  sequential:
    input: {shape: [8, 8, 1], name: image}
    layers: [Flatten, {Dense: {units: 3, activation: softmax, name: label}}]
data:
  train: {images: {path: pictures, size: [8, 8], color: grayscale}}
  targets: {label: label}
training: {epochs: 1, seed: 1, optimizer: adam, loss: sparse_categorical_crossentropy}
"""


def test_an_image_is_a_path_or_bytes_or_an_array(tmp_path: Path) -> None:
    import tensorflow as tf

    rng = np.random.default_rng(4)
    for label in "abc":
        (tmp_path / "pictures" / label).mkdir(parents=True)
        for number in range(3):
            pixels = rng.integers(0, 256, (8, 8, 1), dtype=np.uint8)
            content = tf.io.encode_png(pixels).numpy()
            (tmp_path / "pictures" / label / f"{number}.png").write_bytes(content)
    (tmp_path / "pictures.yaml").write_text(IMAGES, encoding="utf-8")
    modelspec.train(tmp_path / "pictures.yaml", output=tmp_path / "run")
    file = tmp_path / "pictures/b/1.png"
    expected = modelspec.predict(tmp_path / "run", file)
    del expected["file"]
    model = modelspec.load(tmp_path / "run")
    pixels = tf.io.decode_png(file.read_bytes()).numpy()
    for image in (file, str(file), file.read_bytes(), pixels):
        _same(model.predict([{"image": image}]), expected)
    found = model.predict({"image": pixels[np.newaxis]})
    np.testing.assert_array_equal(found["label_probability"], expected["label_probability"])
    with pytest.raises(modelspec.SpecError, match="`image` of the data, row 1 cannot be read"):
        model.predict([{"image": file.read_bytes()}, {"image": b"abc"}])
    with pytest.raises(modelspec.SpecError, match=r"\[4, 4, 1\]"):
        model.predict([{"image": pixels[:4, :4]}])


def test_a_parquet_file_keeps_the_rows(tmp_path: Path) -> None:
    from modelspec.data.rows import write_rows

    columns = {"a": [1, None, 3], "b": ["x", "y", None], "c": np.zeros((3, 2, 2))}
    for name in ("one", "two"):
        write_rows(rows_from(columns), tmp_path / f"{name}.parquet")
    assert pq.read_table(tmp_path / "one.parquet").column("a").to_pylist() == [1, None, 3]
    one, two = ((tmp_path / f"{name}.parquet").read_bytes() for name in ("one", "two"))
    assert one == two
