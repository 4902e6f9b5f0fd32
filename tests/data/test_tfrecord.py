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
    assert data.train.table.locate(2) == "r.tfrecord, row 2"


def test_bad_records(assert_messages: Any, tmp_path: Path) -> None:
    good = [example(*one) for one in GOOD]
    bad = {
        "few-values": example([1, 2], "a"),
        "no-feature": example([1, 2, 3], None),
        "no-example": b"nothing",
        "gap": example([1, float("nan"), 3], "a"),
    }
    contents = {case: written(tmp_path, [*good, last]) for case, last in bad.items()}
    whole = written(tmp_path, good)
    middle = len(whole) // 2
    contents |= {
        "flipped": whole[:middle] + bytes([whole[middle] ^ 255]) + whole[middle + 1 :],
        "cut": whole[:-5],
        "text": b"a,b\n1,2\n" * 9,
        "empty": b"",
    }
    cases = {case: (section(), {"r.tfrecord": found}, MODEL) for case, found in contents.items()}
    cases["no-dtype"] = section(features="{x: {shape: [3]}}"), {}, MODEL
    assert_messages("tfrecord", cases)


def written(folder: Path, examples: list[Any]) -> bytes:
    write(folder / "made.tfrecord", examples)
    return (folder / "made.tfrecord").read_bytes()
