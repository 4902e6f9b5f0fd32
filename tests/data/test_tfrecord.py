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


PICTURES = """
  sequential:
    input: {shape: [4, 4, 3], name: photo}
    layers: [Conv2D: {filters: 2, kernel_size: 1, activation: softmax, name: mask}]
"""


def pictures(photo: str = "{dtype: image}", mask: str = "{dtype: image}", target: str = "") -> str:
    features = f"{{photo: {photo}, mask: {mask}}}"
    target = target or "{column: mask, labels: [1, 2]}"
    source = f"{{tfrecord: {{path: r.tfrecord, features: {features}}}}}"
    return f"{{train: {source}, inputs: photo, targets: {{mask: {target}}}}}"


def picture(photo: Any, mask: Any) -> Any:
    import tensorflow as tf

    values = {"photo": photo, "mask": mask}
    features = {
        name: tf.train.Feature(bytes_list=tf.train.BytesList(value=[value]))
        for name, value in values.items()
    }
    return tf.train.Example(features=tf.train.Features(feature=features))


def drawn(number: int) -> tuple[Any, Any]:
    """A photo of one color and its mask of the classes 1 and 2, twice as large as the input."""
    import numpy as np

    photo = np.full((8, 8, 3), 20 * number, dtype=np.uint8)
    mask = np.full((8, 8, 1), 1, dtype=np.uint8)
    mask[:, 4:] = 2
    return photo, mask


def encoded(number: int) -> tuple[bytes, bytes]:
    import tensorflow as tf

    photo, mask = drawn(number)
    jpeg = tf.io.encode_jpeg(photo, quality=100).numpy()
    return jpeg, tf.io.encode_png(mask).numpy()


@pytest.mark.parametrize("cached", [True, False])
def test_pictures(load: Any, tmp_path: Path, monkeypatch: Any, *, cached: bool) -> None:
    import numpy as np

    from modelspec.data.examples import cache, decoded

    if not cached:
        monkeypatch.setattr(cache, "CACHE_LIMIT", 0)
    write(tmp_path / "r.tfrecord", [picture(*encoded(number)) for number in range(6)])
    data, findings = load(pictures(), {}, PICTURES)
    assert not findings
    photos, masks = decoded(data.train.inputs["photo"]), decoded(data.train.targets["mask"])
    assert photos.shape == (6, 4, 4, 3)
    assert np.abs(photos[:, 0, 0, 0] - 20 * np.arange(6)).max() <= 1
    assert masks[3].tolist() == [[0, 0, 1, 1]] * 4
    learned, _ = load(pictures(target="{column: mask, labels: auto}"), {}, PICTURES)
    assert learned.learned.labels == {"mask": ("1", "2")}


def test_bad_pictures(assert_messages: Any, tmp_path: Path) -> None:
    good = [encoded(number) for number in range(4)]
    photo, mask = good[0]
    bad = {
        "cut-photo": (photo[:-9], mask),
        "no-photo": (b"", mask),
        "other-photo": (b"GARBAGE", mask),
        "strange-mask": (photo, photo),
        "broken-pixels": (photo, mask[:40] + b"0000" + mask[44:]),
    }
    cases: dict[str, Any] = {}
    for case, last in bad.items():
        records = written(tmp_path, [picture(*one) for one in [*good, last, last]])
        cases[case] = pictures(), {"r.tfrecord": records}, PICTURES
    whole = {"r.tfrecord": written(tmp_path, [picture(*one) for one in good])}
    cases |= {
        "as-text": (pictures(photo="{dtype: string}"), whole, PICTURES),
        "shape": (pictures(photo="{dtype: image, shape: [4, 4, 3]}"), whole, PICTURES),
        "size-of-numbers": (pictures(mask="{dtype: int64, size: [4, 4]}"), whole, PICTURES),
        "other-color": (pictures(photo="{dtype: image, color: grayscale}"), whole, PICTURES),
        "other-size": (pictures(photo="{dtype: image, size: [9, 9]}"), whole, PICTURES),
        "mixed-mask": (pictures(mask="{dtype: image, interpolation: bilinear}"), whole, PICTURES),
        "unknown-dtype": (pictures(photo="{dtype: jpeg}"), whole, PICTURES),
    }
    assert_messages("tfrecord-pictures", cases)
