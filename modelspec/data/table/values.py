"""Values of a column as numbers or text."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from modelspec.spec.data import label_text
from modelspec.tabular import parse_number

from .table import Array, Column, RowNumbers, full_column

NUMERIC_KINDS = "biuf"
"""Kinds of numpy dtypes that are numbers."""


def as_numbers(column: Column) -> Array:
    """The values as numbers; NaN for missing values and for text that is not a number."""
    if column.is_text:
        numbers = [parse_number(value, column.marks) for value in column.values.ravel().tolist()]
        values = np.asarray(numbers, dtype=np.float64).reshape(column.values.shape)
        if column.lengths is not None:
            width = column.values.shape[1]
            values[np.arange(width) >= column.lengths[:, np.newaxis]] = 0
    elif column.values.dtype.kind == "b":
        values = column.values.astype(np.float32)
    else:
        values = column.values
    if column.clean or not column.missing.any():
        return values
    if values.dtype.kind == "f":
        values = values.copy()
        values[_spread(column.missing, values) & ~np.isfinite(values)] = np.nan
        if column.values.ndim == 1:
            values[column.missing] = np.nan
    else:
        values = values.astype(np.float64)
        values[column.missing] = np.nan
    return values


def as_text(column: Column) -> Array:
    """The values as Python strings in an object array; "" for missing values."""
    if column.is_text:
        return column.values
    kinds, positions = np.unique(column.values, return_inverse=True)
    words = np.empty(len(kinds), dtype=object)
    words[:] = [label_text(value) for value in kinds.tolist()]
    text: Array = words[positions].reshape(column.values.shape)
    if column.missing.any():
        text = text.copy()
        text[column.missing] = ""
    return text


def tensor_column(values: Array) -> Column | None:
    """The column of TensorFlow's array [rows, ...]; None for bytes that are not UTF-8 text."""
    if values.dtype == np.float16:
        values = values.astype(np.float32)
    if values.dtype != object:
        missing = np.isnan(values.reshape(len(values), -1)).any(axis=1)
        return Column(values, np.asarray(missing, dtype=np.bool_))
    try:
        words = [value.decode() for value in values.ravel().tolist()]
    except UnicodeDecodeError:
        return None
    text = np.empty(len(words), dtype=object)
    text[:] = words
    return full_column(text.reshape(values.shape))


def _spread(missing: npt.NDArray[np.bool_], values: Array) -> npt.NDArray[np.bool_]:
    shape = (len(missing), *([1] * (values.ndim - 1)))
    return np.broadcast_to(missing.reshape(shape), values.shape)


def distinct_words(column: Column) -> tuple[list[str], npt.NDArray[np.int64]]:
    """The distinct values of a column as text, sorted, and the index of each value's word.

    A missing value counts as "".

    Returns:
        The words, and an array of the same shape as the column's values.
    """
    if column.words is None or column.codes is None:
        return _distinct_text(as_text(column))
    there = np.bincount(column.codes.ravel(), minlength=len(column.words))
    used = {column.words[index] for index in np.flatnonzero(there).tolist()}
    words = sorted(used)
    numbers = {word: number for number, word in enumerate(words)}
    places = np.asarray([numbers.get(word, 0) for word in column.words], dtype=np.int64)
    return words, places[column.codes]


def _distinct_text(text: Array) -> tuple[list[str], npt.NDArray[np.int64]]:
    numbers: dict[str, int] = {}
    flat = text.ravel().tolist()
    found = [numbers.setdefault(word, len(numbers)) for word in flat]
    words = sorted(numbers)
    places = np.empty(len(words), dtype=np.int64)
    places[[numbers[word] for word in words]] = np.arange(len(words))
    positions = places[np.asarray(found, dtype=np.int64)]
    return words, positions.reshape(text.shape)


def without_text(column: Column, rows: RowNumbers) -> Column:
    """A column of text as numbers where its values in some rows all are; else as it is.

    In other rows it may have any value.
    """
    if not column.is_text or column.media_source is not None or not len(rows):
        return column
    numbers = as_numbers(column)
    known = np.isnan(numbers) & ~_spread(column.missing, numbers)
    found = Column(numbers, column.missing, lengths=column.lengths)
    return column if known[rows].any() else found
