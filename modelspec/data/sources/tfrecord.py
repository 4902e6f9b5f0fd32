"""The source `tfrecord`: the features that the spec declares are the columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from modelspec.data.media import has_image_header, record_column
from modelspec.data.table import (
    Array,
    Column,
    ColumnUse,
    Table,
    TablePart,
    column_names,
    tensor_column,
)
from modelspec.diagnostics import Findings, join_words
from modelspec.framework import operation_message
from modelspec.spec.data import IMAGE_DTYPE

from .files import DataFile
from .source import DataSource

BATCH = 1024
"""Records that are parsed at once."""


def tfrecord_columns(file: DataFile, findings: Findings) -> list[str] | None:
    """The features of the spec: a file does not say what its records contain."""
    del findings
    return list(file.source.options["features"])


def read_tfrecord(file: DataFile, uses: Sequence[ColumnUse], findings: Findings) -> Table | None:
    """The used features of all records; None with findings.

    Args:
        file: records of `tf.train.Example`.
        uses: which features.
        findings: takes damaged records, features that a record lacks or has with another type or
            shape, and bytes that are not text.
    """
    import tensorflow as tf

    names = column_names(uses)
    features = {name: _feature(file.source.options["features"][name]) for name in names}
    kind = {"none": ""}.get(file.source.options["compression"], file.source.options["compression"])
    records = tf.data.TFRecordDataset(str(file.path), compression_type=kind.upper())
    batches: dict[str, list[Array]] = {name: [] for name in names}
    count = 0
    try:
        for batch in records.batch(BATCH).prefetch(2):
            parsed = _parsed(batch, features, count, file, findings)
            if parsed is None:
                return None
            for name in names:
                batches[name].append(parsed[name])
            count += len(batch)
    except tf.errors.OpError as error:
        _report_damaged(file, count, error, findings)
        return None
    if count == 0:
        findings.error(file.span, "empty-data", f"{file.name} has no records")
        return None
    columns: dict[str, Column] = {}
    for name, found in batches.items():
        column = _column(name, np.concatenate(found), file, findings)
        if column is not None:
            columns[name] = column
    if len(columns) < len(names):
        return None
    return Table(columns, count, [TablePart(file.name, count, 0)])


TFRECORD_SOURCE = DataSource(columns=tfrecord_columns, read=read_tfrecord, takes_any_name=True)


def _feature(given: Any) -> Any:
    import tensorflow as tf

    dtype = "string" if given["dtype"] == IMAGE_DTYPE else given["dtype"]
    return tf.io.FixedLenFeature(given.get("shape", []), dtype)


def _column(name: str, values: Array, file: DataFile, findings: Findings) -> Column | None:
    """The column of a feature; None with a finding for bytes that are neither text nor image."""
    images = file.source.pairs.get(name)
    if images is not None:
        return record_column(values.tolist(), f"`{name}` of {file.name}", images, findings)
    column = tensor_column(values)
    if column is None:
        message = f"`{name}` of {file.name} contains bytes that are not UTF-8 text"
        hint = f"for the bytes of images write `{name}: {{dtype: image}}`"
        place = file.source.place("features")
        is_image = has_image_header(values.ravel()[0])
        findings.error(place, "bad-data-file", message, hint=hint if is_image else "")
    return column


def _parsed(
    batch: Any, features: dict[str, Any], start: int, file: DataFile, findings: Findings
) -> dict[str, Array] | None:
    """A batch of records; a finding for the first that does not match the spec."""
    import tensorflow as tf

    try:
        found = tf.io.parse_example(batch, features)
    except tf.errors.InvalidArgumentError as error:
        number, reason = _first_bad(batch, features) or (0, str(error))
        message = f"{file.name}, record {start + number} does not match `features`: {reason}"
        hint = "correct `features`, or write the file again"
        findings.error(file.source.place("features"), "bad-data-file", message, hint=hint)
        return None
    return {name: tensor.numpy() for name, tensor in found.items()}


def _first_bad(batch: Any, features: dict[str, Any]) -> tuple[int, str] | None:
    """The first record that cannot be parsed, and why."""
    import tensorflow as tf

    for number, record in enumerate(batch):
        for name, feature in features.items():
            try:
                tf.io.parse_single_example(record, {name: feature})
            except tf.errors.InvalidArgumentError:
                return number, _reason(record.numpy(), name, feature)
    return None


_KINDS = {"bytes_list": "string", "float_list": "float32", "int64_list": "int64"}


def _reason(record: bytes, name: str, feature: Any) -> str:
    """What a record has instead of a declared feature."""
    import tensorflow as tf

    try:
        known = tf.train.Example.FromString(record).features.feature
    except Exception:  # protobuf raises errors of its own
        return "it is not a tf.train.Example"
    if name not in known:
        return (
            f"it has no `{name}`; it has {join_words(f'`{n}`' for n in sorted(known)) or 'nothing'}"
        )
    kind = known[name].WhichOneof("kind")
    count = 0 if kind is None else len(getattr(known[name], kind).value)
    wanted = int(np.prod(feature.shape))
    return (
        f"`{name}` has {count} values of {_KINDS.get(kind or '', 'no type')},"
        f" but `features` declares {wanted} of {feature.dtype}"
    )


def _report_damaged(file: DataFile, count: int, error: Exception, findings: Findings) -> None:
    text = " ".join(operation_message(error).split())
    intact = f" (the first {count} records are intact)" if count else ""
    reason = text.partition("' failed")[0].replace("record at ", "record at byte ")
    message = f"{file.name} cannot be read: {reason}{intact}"
    hint = "write the file again; a compressed file needs `compression`"
    findings.error(file.span, "bad-data-file", message, hint=hint)
