"""Answers and kept columns as numpy has them in the end, and as Arrow writes them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from modelspec.data import NewDataChunk
from modelspec.data.table import Column

from .predictions import OutputPrediction

Array = npt.NDArray[Any]


class Gathered:
    """All answers, in memory: columns by name, each with an entry for every row of the file.

    A row that a `missing` rule drops has "" and NaN.
    """

    def __init__(self) -> None:
        self._found: dict[str, list[Array]] = {}

    def add(self, columns: Mapping[str, OutputPrediction], chunk: NewDataChunk) -> None:
        """Take the answers of a chunk."""
        for name, column in chunk.kept_columns.items():
            values = column.values
            if column.missing.any():
                empty: Any = "" if column.is_text else np.nan
                values = values.astype(object if column.is_text else np.float64)
                values[column.missing] = empty
            self._found.setdefault(name, []).append(values)
        for name, answer in columns.items():
            self._found.setdefault(name, []).append(_spread(answer.plain(), chunk))

    def columns(self) -> dict[str, Array]:
        """What was taken."""
        return {name: _joined(parts) for name, parts in self._found.items()}


def _joined(parts: Iterable[Array]) -> Array:
    found = list(parts)
    return found[0] if len(found) == 1 else np.concatenate(found)


def _spread(values: Array, chunk: NewDataChunk) -> Array:
    """Values of some rows among all rows of the chunk; the others are "" or NaN."""
    if len(chunk.example_rows) == chunk.rows:
        return values
    if values.dtype.kind in "biu":
        values = values.astype(np.float64)
    empty: Any = "" if values.dtype == object else np.nan
    out = np.full((chunk.rows, *values.shape[1:]), empty, dtype=values.dtype)
    out[chunk.example_rows] = values
    return out


def arrow_columns(columns: Mapping[str, OutputPrediction], chunk: NewDataChunk) -> dict[str, Any]:
    """Kept columns and answers of a chunk as Arrow arrays; null in rows that are dropped."""
    found = {name: _kept(column) for name, column in chunk.kept_columns.items()}
    return found | {name: _answer(answer, chunk) for name, answer in columns.items()}


def _kept(column: Column) -> Any:
    import pyarrow as pa

    mask = column.missing if column.missing.any() else None
    if column.values.ndim > 1:
        return _nested(column.values, mask)
    if column.words is not None and column.codes is not None:
        codes = pa.array(column.codes, pa.int32(), mask=mask)
        return pa.DictionaryArray.from_arrays(codes, pa.array(column.words, pa.string()))
    return pa.array(column.values, mask=mask)


def _answer(answer: OutputPrediction, chunk: NewDataChunk) -> Any:
    import pyarrow as pa

    values, mask = answer.values, None
    if len(chunk.example_rows) < chunk.rows:
        mask = np.ones(chunk.rows, dtype=np.bool_)
        mask[chunk.example_rows] = False
        out = np.zeros((chunk.rows, *values.shape[1:]), dtype=values.dtype)
        out[chunk.example_rows] = values
        values = out
    if answer.words is None:
        return _nested(values, mask)
    if values.ndim > 1:
        return _nested(np.asarray(answer.words, object)[values], mask)
    codes = pa.array(values, pa.int32(), mask=mask)
    return pa.DictionaryArray.from_arrays(codes, pa.array(answer.words, pa.string()))


def _nested(values: Array, mask: Array | None) -> Any:
    """[n] as it is; [n, a, b] as lists of lists of one length."""
    import pyarrow as pa

    if values.ndim == 1:
        return pa.array(values, mask=mask)
    inner = pa.array(values.reshape(-1))
    for size in values.shape[:0:-1]:
        inner = pa.FixedSizeListArray.from_arrays(inner, size)
    if mask is None:
        return inner
    return pa.array(inner.to_pylist(), inner.type, mask=mask)
