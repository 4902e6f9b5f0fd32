"""Reading TFRecord files: the features that the spec declares are the columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from modelspec.data.table import Array, ColumnUse, Table, TablePart, column_names, tensor_column
from modelspec.diagnostics import Findings, join_words

from .files import DataFile

BATCH = 1024


def columns_of_tfrecord(file: DataFile, findings: Findings) -> list[str] | None:
    """The features of the spec: a file does not say what its records hold."""
    del findings
    return list(file.source.options["features"])


def read_tfrecord(file: DataFile, needs: Sequence[ColumnUse], findings: Findings) -> Table | None:
    """The needed features of all records; None with findings.

    Args:
        file: records of `tf.train.Example`.
        needs: which features.
        findings: takes damaged records, features that a record lacks or has otherwise, and bytes
            that are no text.
    """
    import tensorflow as tf

    names = column_names(needs)
    features = {name: _feature(file.source.options["features"][name]) for name in names}
    kind = {"none": ""}.get(file.source.options["compression"], file.source.options["compression"])
    records = tf.data.TFRecordDataset(str(file.path), compression_type=kind.upper())
    pieces: dict[str, list[Array]] = {name: [] for name in names}
    count = 0
    try:
        for batch in records.batch(BATCH).prefetch(2):
            parsed = _parsed(batch, features, count, file, findings)
            if parsed is None:
                return None
            for name in names:
                pieces[name].append(parsed[name])
            count += len(batch)
    except tf.errors.OpError as error:
        _damaged(file, count, error, findings)
        return None
    if count == 0:
        findings.error(file.span, "empty-data", f"{file.name} has no record")
        return None
    columns = {name: tensor_column(np.concatenate(found)) for name, found in pieces.items()}
    whole = {name: column for name, column in columns.items() if column is not None}
    for name in columns.keys() - whole.keys():
        message = f"`{name}` of {file.name} holds bytes that are no UTF-8 text"
        findings.error(file.span, "bad-data-file", message)
    return (
        Table(whole, count, [TablePart(file.name, count, 0)]) if len(whole) == len(names) else None
    )


def _feature(given: Any) -> Any:
    import tensorflow as tf

    return tf.io.FixedLenFeature(given.get("shape", []), given["dtype"])


def _parsed(
    batch: Any, features: dict[str, Any], start: int, file: DataFile, findings: Findings
) -> dict[str, Array] | None:
    """A batch of records; a finding for the first that is not as declared."""
    import tensorflow as tf

    try:
        found = tf.io.parse_example(batch, features)
    except tf.errors.InvalidArgumentError as error:
        number, reason = _first_bad(batch, features) or (0, str(error))
        message = f"{file.name}, record {start + number} is not as `features` says: {reason}"
        hint = "let `features` say what the records hold, or write the file anew"
        findings.error(file.source.place("features"), "bad-data-file", message, hint=hint)
        return None
    return {name: tensor.numpy() for name, tensor in found.items()}


def _first_bad(batch: Any, features: dict[str, Any]) -> tuple[int, str] | None:
    """The first record that cannot be parsed, and the feature that is at fault."""
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
    """What a record has in place of a feature."""
    import tensorflow as tf

    try:
        known = tf.train.Example.FromString(record).features.feature
    except Exception:  # protobuf raises errors of its own
        return "it is no tf.train.Example"
    if name not in known:
        return (
            f"it has no `{name}`; it has {join_words(f'`{n}`' for n in sorted(known)) or 'nothing'}"
        )
    kind = known[name].WhichOneof("kind")
    count = 0 if kind is None else len(getattr(known[name], kind).value)
    wanted = int(np.prod(feature.shape))
    return (
        f"`{name}` has {count} values of {_KINDS.get(kind or '', 'no type')},"
        f" where {wanted} of {feature.dtype} are declared"
    )


def _damaged(file: DataFile, count: int, error: Exception, findings: Findings) -> None:
    text = " ".join(str(error).partition("[Op:")[0].rpartition("}} ")[2].split())
    sound = f" (the first {count} records are sound)" if count else ""
    reason = text.partition("' failed")[0].replace("record at ", "record at byte ")
    message = f"{file.name} cannot be read: {reason}{sound}"
    hint = "write the file anew; a compressed one needs its `compression`"
    findings.error(file.span, "bad-data-file", message, hint=hint)
