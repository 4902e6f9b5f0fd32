"""Rows in memory as a parquet file, so that a training on them can be repeated."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from modelspec.diagnostics import CannotRunError, UsageError, first_line

from .given_rows import GivenRows


def write_rows(rows: GivenRows, path: Path) -> None:
    """Write rows to a parquet file: the same rows give the same bytes.

    Raises:
        UsageError: a column holds what a parquet file cannot.
        CannotRunError: pyarrow is not installed, or the file cannot be written.
    """
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ModuleNotFoundError as error:
        message = "rows are kept in a parquet file, which needs pyarrow: pip install pyarrow"
        raise CannotRunError(message) from error
    columns = {}
    for name, values in rows.values.items():
        try:
            columns[name] = _array(values() if callable(values) else values)
        except (pa.ArrowException, TypeError, ValueError, OverflowError) as error:
            message = f"`{name}` of the data cannot be kept in a parquet file: {first_line(error)}"
            raise UsageError(message) from error
    pq.write_table(pa.table(columns), path)


def _array(values: Any) -> Any:
    import pyarrow as pa

    if not isinstance(values, np.ndarray):
        return pa.array(values) if isinstance(values, (list, tuple)) else values
    if values.ndim == 1:
        return pa.array(values.tolist() if values.dtype == object else values, from_pandas=True)
    inner = pa.array(np.ascontiguousarray(values).reshape(-1))
    for size in values.shape[:0:-1]:
        inner = pa.FixedSizeListArray.from_arrays(inner, size)
    return inner
