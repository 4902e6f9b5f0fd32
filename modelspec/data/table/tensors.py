"""Arrays as TensorFlow gives them to columns: bytes are UTF-8 text, NaN is a missing value."""

from __future__ import annotations

import numpy as np

from .table import Array, Column


def tensor_column(values: Array) -> Column | None:
    """The column of an array [rows, ...]; None where it holds bytes that are no text."""
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
    return Column(text.reshape(values.shape), np.zeros(len(values), dtype=np.bool_))
