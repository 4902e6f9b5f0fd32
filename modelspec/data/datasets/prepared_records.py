"""The records of a prepared data set as columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from modelspec.data.table import Array, Column, concatenate_columns, full_column, tensor_column
from modelspec.framework import operation_message

from .plain_data import UnreadableError
from .prepared import PreparedData, PreparedFeature, Rows

BATCH = 1024
"""Records that are parsed at once."""


def read_records(data: PreparedData, rows: Rows, names: Sequence[str]) -> dict[str, Column]:
    """Some columns of some rows; images are their bytes.

    Raises:
        UnreadableError: a file is missing or damaged, or is not what the data set says.
    """
    import tensorflow as tf

    files = data.files(rows.split)
    for path in files:
        if not path.is_file():
            raise UnreadableError(f"{path.name} is missing")
    parsers = {name: _parser(data.features[name]) for name in names}
    records = tf.data.TFRecordDataset([str(path) for path in files])
    records = records.skip(rows.start).take(rows.stop - rows.start)
    found: dict[str, list[Column]] = {name: [] for name in names}
    try:
        for batch in records.batch(BATCH).prefetch(2):
            parsed = tf.io.parse_example(batch, parsers)
            for name in names:
                found[name].append(_column(name, parsed[name], data.features[name]))
    except tf.errors.OpError as error:
        text = " ".join(operation_message(error).split())
        reason = text.partition("' failed")[0].replace("record at ", "record at byte ")
        raise UnreadableError(f"a record is damaged, or has other features: {reason}") from error
    return {name: concatenate_columns(columns) for name, columns in found.items()}


def _parser(feature: PreparedFeature) -> Any:
    import tensorflow as tf

    kinds = {"string": "string", "image": "string"}
    stored = kinds.get(feature.dtype, "float32" if "float" in feature.dtype else "int64")
    if feature.shape is None:
        return tf.io.RaggedFeature(stored)
    return tf.io.FixedLenFeature(feature.shape, stored)


def _column(name: str, tensor: Any, feature: PreparedFeature) -> Column:
    lengths = None
    if feature.shape is None:
        lengths = tensor.row_lengths().numpy().astype(np.int64)
        tensor = tensor.to_tensor(shape=(None, max(1, int(lengths.max(initial=0)))))
    values = tensor.numpy()
    if feature.dtype == "image":
        return full_column(values)
    if feature.classes:
        return _class_names(name, values, feature.classes, lengths)
    if feature.dtype not in ("string", "float16"):
        values = values.astype(feature.dtype)
    column = tensor_column(values)
    if column is None:
        raise UnreadableError(f"`{name}` has bytes that are not UTF-8 text")
    return replace(column, lengths=lengths)


def _class_names(
    name: str, codes: Array, classes: Sequence[str], lengths: npt.NDArray[np.int64] | None
) -> Column:
    """The names of classes, single ones [rows] or lists [rows, width] that end in ""."""
    words = np.empty(len(classes), dtype=object)
    words[:] = classes
    there = np.ones(codes.shape, dtype=np.bool_)
    if lengths is not None:
        there = np.arange(codes.shape[1]) < lengths[:, np.newaxis]
    bad = there & ((codes < 0) | (codes >= len(classes)))
    if bad.any():
        message = f"`{name}` has the class {codes[bad][0]}, and there are {len(classes)} classes"
        raise UnreadableError(f"{message}; the labels of this split may be withheld")
    known = words[np.where(there, codes, 0)]
    if lengths is not None:
        known[~there] = ""
        return replace(full_column(known), lengths=lengths)
    missing = np.zeros(len(codes), dtype=np.bool_)
    return Column(known, missing, None, True, list(classes), codes)
