"""Writes a data set as TensorFlow Datasets prepares it: records, and the files beside them.

The form is that of tensorflow-datasets 4.9.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

MODULE = "tensorflow_datasets.core.features"


def feature(kind: str, **given: Any) -> dict[str, Any]:
    """A feature of features.json, such as `feature("classLabel", numClasses="2")`."""
    return {"pythonClassName": f"{MODULE}.{kind}", kind: given}


def image(channels: int) -> dict[str, Any]:
    return feature("image", dtype="uint8", shape={"dimensions": ["-1", "-1", str(channels)]})


def tensor(dtype: str, *shape: int) -> dict[str, Any]:
    sizes = {"dimensions": [str(size) for size in shape]} if shape else {}
    return feature("tensor", dtype=dtype, encoding="none", shape=sizes)


def sequence(inner: dict[str, Any]) -> dict[str, Any]:
    return feature("sequence", feature=inner, length="-1")


def features_dict(features: Mapping[str, Any]) -> dict[str, Any]:
    return feature("featuresDict", features=dict(features))


def write_prepared(
    folder: Path,
    features: Mapping[str, Any],
    splits: Mapping[str, Sequence[Mapping[str, Any]]],
    labels: Mapping[str, Sequence[str]],
    *,
    shards: int = 2,
) -> Path:
    """Write a version of a data set whose name is that of the folder above.

    Args:
        folder: of the version.
        features: of features.json.
        splits: name to the examples: feature to a value, or to a list of them.
        labels: feature to the names of its classes.
        shards: files of a split.
    """
    folder.mkdir(parents=True)
    name = folder.parent.name
    info: dict[str, Any] = {"fileFormat": "tfrecord", "name": name, "splits": []}
    for split, examples in splits.items():
        bounds = [len(examples) * number // shards for number in range(shards + 1)]
        for number in range(shards):
            path = folder / f"{name}-{split}.tfrecord-{number:05}-of-{shards:05}"
            _write_records(path, examples[bounds[number] : bounds[number + 1]])
        info["splits"].append(
            {
                "filepathTemplate": "{DATASET}-{SPLIT}.{FILEFORMAT}-{SHARD_X_OF_Y}",
                "name": split,
                "shardLengths": [str(bounds[n + 1] - bounds[n]) for n in range(shards)],
            }
        )
    (folder / "dataset_info.json").write_text(json.dumps({**info, "version": folder.name}))
    (folder / "features.json").write_text(json.dumps(features_dict(features)))
    for column, names in labels.items():
        (folder / f"{column}.labels.txt").write_text("\n".join([*names, ""]))
    return folder


def _write_records(path: Path, examples: Sequence[Mapping[str, Any]]) -> None:
    import tensorflow as tf

    with tf.io.TFRecordWriter(str(path)) as writer:
        for example in examples:
            features = tf.train.Features(feature={k: _value(v) for k, v in example.items()})
            writer.write(tf.train.Example(features=features).SerializeToString())


def _value(given: Any) -> Any:
    import tensorflow as tf

    values = given if isinstance(given, list) else [given]
    if not values or isinstance(values[0], int):
        return tf.train.Feature(int64_list=tf.train.Int64List(value=values))
    if isinstance(values[0], float):
        return tf.train.Feature(float_list=tf.train.FloatList(value=values))
    return tf.train.Feature(bytes_list=tf.train.BytesList(value=values))
