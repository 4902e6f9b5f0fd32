"""Kept columns and predictions as Arrow arrays, for the formats that Arrow writes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from modelspec.data import NewDataChunk
from modelspec.data.table import Column, is_inside

from .output_columns import Array, OutputColumn


def arrow_columns(columns: Mapping[str, OutputColumn], chunk: NewDataChunk) -> dict[str, Any]:
    """The kept columns and the predictions of a chunk as Arrow arrays; null in dropped rows."""
    arrays = {name: _arrow_of_kept(column) for name, column in chunk.kept_columns.items()}
    return arrays | {name: _arrow_of_output(output, chunk) for name, output in columns.items()}


def _arrow_of_kept(column: Column) -> Any:
    import pyarrow as pa

    mask = column.missing if column.missing.any() else None
    if column.lengths is not None:
        kept = np.minimum(column.lengths, column.values.shape[1])
        return _arrow_lists(column.values, kept, mask)
    if column.values.ndim > 1:
        return _nested_lists(column.values, mask)
    if column.words is not None and column.codes is not None:
        codes = pa.array(column.codes, pa.int32(), mask=mask)
        return pa.DictionaryArray.from_arrays(codes, pa.array(column.words, pa.string()))
    return pa.array(column.values, mask=mask)


def _arrow_of_output(output: OutputColumn, chunk: NewDataChunk) -> Any:
    import pyarrow as pa

    values, lengths, mask = output.values, output.lengths, None
    if len(chunk.example_rows) < chunk.rows:
        mask = np.ones(chunk.rows, dtype=np.bool_)
        mask[chunk.example_rows] = False
        spread = np.zeros((chunk.rows, *values.shape[1:]), dtype=values.dtype)
        spread[chunk.example_rows] = values
        values = spread
        if lengths is not None:
            counts = np.zeros(chunk.rows, dtype=np.int64)
            counts[chunk.example_rows] = lengths
            lengths = counts
    if lengths is not None:
        words = None if output.words is None else np.asarray(output.words, object)
        return _arrow_lists(values if words is None else words[values], lengths, mask)
    if output.words is None:
        return _nested_lists(values, mask)
    if values.ndim > 1:
        return _nested_lists(np.asarray(output.words, object)[values], mask)
    codes = pa.array(values, pa.int32(), mask=mask)
    return pa.DictionaryArray.from_arrays(codes, pa.array(output.words, pa.string()))


def _arrow_lists(values: Array, lengths: Array, mask: Array | None) -> Any:
    """[n, width, ...] as lists of the lengths [n]."""
    import pyarrow as pa

    flat = _nested_lists(values[is_inside(lengths, values.shape[1])], None)
    if values.dtype == object:
        flat = flat.cast(pa.string())
    offsets = pa.array(np.concatenate([[0], np.cumsum(lengths)]), pa.int32())
    return pa.ListArray.from_arrays(offsets, flat, mask=None if mask is None else pa.array(mask))


def _nested_lists(values: Array, mask: Array | None) -> Any:
    """[n] as it is; [n, a, b] as lists of lists of a fixed length."""
    import pyarrow as pa

    if values.ndim == 1:
        return pa.array(values, mask=mask)
    inner = pa.array(values.reshape(-1))
    for size in values.shape[:0:-1]:
        inner = pa.FixedSizeListArray.from_arrays(inner, size)
    if mask is None:
        return inner
    return pa.array(inner.to_pylist(), inner.type, mask=mask)
