"""TFRecord files: what is read, and what a damaged or different one says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.tensorflow

MODEL = """
  sequential:
    input: {shape: [3], name: x}
    layers: [Dense: {units: 2, name: kind}]
"""
FEATURES = "{x: {dtype: float32, shape: [3]}, kind: {dtype: string}}"


def section(more: str = "", features: str = FEATURES) -> str:
    source = f"{{tfrecord: {{path: r.tfrecord, features: {features}{more}}}}}"
    return f"{{train: {source}, targets: kind}}"


def example(x: list[float], kind: str | None) -> Any:
    import tensorflow as tf

    features = {"x": tf.train.Feature(float_list=tf.train.FloatList(value=x))}
    if kind is not None:
        value = tf.train.BytesList(value=[kind.encode()])
        features["kind"] = tf.train.Feature(bytes_list=value)
    return tf.train.Example(features=tf.train.Features(feature=features))


def write(path: Path, examples: list[Any], compression: str = "") -> None:
    import tensorflow as tf

    with tf.io.TFRecordWriter(str(path), compression) as writer:
        for one in examples:
            writer.write(one if isinstance(one, bytes) else one.SerializeToString())


GOOD = [([i, i + 1, i + 2], "ab"[i % 2]) for i in range(6)]


@pytest.mark.parametrize("compression", ["", "GZIP"])
def test_records(load: Any, tmp_path: Path, compression: str) -> None:
    write(tmp_path / "r.tfrecord", [example(*one) for one in GOOD], compression)
    more = f", compression: {compression.lower() or 'none'}"
    data, findings = load(section(more), {}, MODEL)
    assert not findings
    assert data.train.inputs["x"].tolist() == [[i, i + 1, i + 2] for i in range(6)]
    assert data.train.targets["kind"].ravel().tolist() == [0, 1] * 3
    assert data.train.table.place(2) == "r.tfrecord, row 2"


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (([1, 2], "a"), "record 6 is not as `features` says: `x` has 2 values of float32"),
        (([1, 2, 3], None), "record 6 is not as `features` says: it has no `kind`; it has `x`"),
        (b"nothing", "record 6 is not as `features` says: it is no tf.train.Example"),
        (([1, float("nan"), 3], "a"), "values are missing: `x` 1 (the first in r.tfrecord, row 6)"),
    ],
)
def test_records_that_are_not_as_declared(load: Any, tmp_path: Path, bad: Any, words: str) -> None:
    last = bad if isinstance(bad, bytes) else example(*bad)
    write(tmp_path / "r.tfrecord", [*(example(*one) for one in GOOD), last])
    loaded, findings = load(section(), {}, MODEL)
    assert loaded is None
    assert len(findings) == 1
    assert words in findings[0]


@pytest.mark.parametrize("damage", ["flip", "cut", "text", "empty"])
def test_damaged_files(load: Any, tmp_path: Path, damage: str) -> None:
    path = tmp_path / "r.tfrecord"
    write(path, [example(*one) for one in GOOD])
    content = bytearray(path.read_bytes())
    if damage == "flip":
        content[len(content) // 2] ^= 255
    made = {"flip": bytes(content), "cut": bytes(content[:-5]), "text": b"a,b\n1,2\n" * 9}
    path.write_bytes(made.get(damage, b""))
    loaded, findings = load(section(), {}, MODEL)
    assert loaded is None
    assert len(findings) == 1
    words = "has no record" if damage == "empty" else "cannot be read past its first 0 records"
    assert f"r.tfrecord {words}" in findings[0]


def test_features_must_be_declared(load: Any) -> None:
    _, findings = load(section(features="{x: {shape: [3]}}"), {}, MODEL)
    assert any("`x` needs `dtype`" in finding for finding in findings)
