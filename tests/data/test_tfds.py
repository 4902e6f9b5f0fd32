"""Data sets that TensorFlow Datasets has prepared: what is read, and what is missing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from prepared_data import feature, image, sequence, tensor, write_prepared

pytestmark = pytest.mark.tensorflow

MODEL = """
  sequential:
    input: {shape: [4, 4, 3], name: image}
    layers: [Flatten, Dense: {units: 2, activation: softmax, name: label}]
"""
NUMBERS = """
  sequential:
    input: {shape: [3], name: x}
    layers: [Dense: {units: 1, name: weight}]
"""
FEATURES = {
    "image": image(3),
    "label": feature("classLabel", numClasses="2"),
    "weight": tensor("float64"),
    "corner": tensor("uint8", 3),
    "numbers": sequence(tensor("int32")),
    "name": feature("text"),
    "film": feature("video", dtype="uint8"),
}


def png(number: int) -> bytes:
    import numpy as np
    import tensorflow as tf

    pixels = np.full((8, 6, 3), number, dtype=np.uint8)
    found: bytes = tf.io.encode_png(pixels).numpy()
    return found


def example(number: int, **other: Any) -> dict[str, Any]:
    values = {
        "image": png(number),
        "label": number % 2,
        "weight": number / 2,
        "corner": [number, 1, 2],
        "numbers": list(range(number % 4)),
        "name": f"n{number}".encode(),
        "film": b"",
    }
    return {**values, **other}


def write(folder: Path, rows: int = 10, name: str = "pets", **other: Any) -> Path:
    """Ten training examples and four of a test."""
    splits = {
        "train": [example(number) for number in range(rows)],
        "test": [example(number, **other) for number in range(4)],
    }
    labels = {"label": ["cat", "dog"]}
    return write_prepared(folder / name / "1.0.0", FEATURES, splits, labels)


def section(split: str = "train", more: str = "images: {image: {}}", rest: str = "") -> str:
    source = f"{{tfds: {{name: pets, split: '{split}', {more}, folder: prepared}}}}"
    return f"{{train: {source}, inputs: image, targets: label{rest}}}"


def test_images_and_classes(load: Any, tmp_path: Path) -> None:
    from modelspec.data.examples import decoded

    write(tmp_path / "prepared")
    other = "{tfds: {name: pets, split: 'train[80%:]', images: {image: {}}, folder: prepared}}"
    data, findings = load(section("train[:80%]", rest=f", validation: {other}"), {}, MODEL)
    assert not findings
    assert decoded(data.train.inputs["image"])[:, 0, 0, 0].tolist() == list(range(8))
    assert data.train.targets["label"].ravel().tolist() == [0, 1] * 4
    assert data.learned.labels == {"label": ("cat", "dog")}
    assert decoded(data.validation.inputs["image"])[:, 0, 0, 0].tolist() == [8, 9]
    assert data.train.table.locate(3) == "pets (train[:80%]), row 3"


def test_the_folder_of_the_environment(load: Any, tmp_path: Path, monkeypatch: Any) -> None:
    write(tmp_path / "elsewhere")
    monkeypatch.setenv("TFDS_DATA_DIR", str(tmp_path / "elsewhere"))
    data, findings = load("{train: {tfds: pets}, inputs: corner, targets: weight}", {}, NUMBERS)
    assert not findings
    assert data.train.inputs["x"][:, 0].tolist() == list(range(10))
    assert data.train.targets["weight"].ravel().tolist() == [n / 2 for n in range(10)]


def test_lists_and_newest_version(tmp_path: Path) -> None:
    from modelspec.data.datasets import find_prepared, read_prepared, read_records

    write(tmp_path)
    (tmp_path / "pets" / "1.0.0").rename(tmp_path / "pets" / "10.0.0")
    write(tmp_path)
    folder = find_prepared("pets", tmp_path)
    assert folder.name == "10.0.0"
    assert find_prepared("pets:1.0.0", tmp_path).name == "1.0.0"
    data = read_prepared(folder)
    assert data.unknown == {"film": "video"}
    column = read_records(data, data.rows("train[-3:]"), ["numbers"])["numbers"]
    assert column.values.tolist() == [[0, 1, 2], [0, 0, 0], [0, 0, 0]]
    assert column.lengths is not None
    assert column.lengths.tolist() == [3, 0, 1]


@pytest.mark.parametrize(
    ("written", "start", "stop"),
    [("train", 0, 10), ("train[:33%]", 0, 3), ("train[-25%:]", 8, 10), ("train[2:99]", 2, 10)],
)
def test_parts_of_a_split(tmp_path: Path, written: str, start: int, stop: int) -> None:
    from modelspec.data.datasets import read_prepared

    data = read_prepared(write(tmp_path))
    assert data.rows(written) == ("train", start, stop)


def test_bad_data(assert_messages: Any, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setenv("TFDS_DATA_DIR", "/prepared")
    folder = write(tmp_path / "good", image=b"no image")
    good = {f"prepared/pets/1.0.0/{path.name}": path.read_bytes() for path in folder.iterdir()}
    shard = "prepared/pets/1.0.0/pets-train.tfrecord-00001-of-00002"
    info = "prepared/pets/1.0.0/dataset_info.json"
    half = "{tfds: {name: pets, split: 'train[40%:]', images: {image: {}}, folder: prepared}}"
    cases = {
        "not-prepared": ("{train: {tfds: pets}, targets: label}", {}, MODEL),
        "no-split": (section("valid"), good, MODEL),
        "bad-part": (section("train+test"), good, MODEL),
        "no-version": (section().replace("name: pets", "name: 'pets:2.0.0'"), good, MODEL),
        "same-rows": (section("train[:50%]", rest=f", validation: {half}"), good, MODEL),
        "no-rows": (section("train[5:5]"), good, MODEL),
        "undeclared-image": (section(more="images: {picture: {}}"), good, MODEL),
        "image-left-out": (section().replace("images: {image: {}}, ", ""), good, MODEL),
        "bad-image": (section("test"), good, MODEL),
        "film": (section().replace("inputs: image", "inputs: film"), good, MODEL),
        "no-column": (section().replace("targets: label", "targets: {label: kind}"), good, MODEL),
        "lost-shard": (section(), {k: v for k, v in good.items() if k != shard}, MODEL),
        "cut-shard": (section(), {**good, shard: good[shard][:-9]}, MODEL),
        "no-json": (section(), {**good, info: "nothing"}, MODEL),
        "other-format": (section(), {**good, info: '{"fileFormat": "array_record"}'}, MODEL),
        "unknown-key": (section(more="size: [4, 4]"), good, MODEL),
    }
    assert_messages("tfds", cases)
