"""Numbers in the dtype that a model takes: one that is too large for it would become infinite."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from modelspec.data.prepare import report_too_large
from modelspec.data.table import Array, RowSelection
from modelspec.diagnostics import Span


class Use(NamedTuple):
    """What an array is for: its columns, what messages call the use, and where it stands."""

    columns: tuple[str, ...]
    role: str
    span: Span


def narrowed(array: Array, dtype: npt.DTypeLike, use: Use, rows: RowSelection) -> Array | None:
    """An array [n, ...] in a dtype of floats; None with a finding where a number is too large."""
    try:
        with np.errstate(over="raise"):
            return array.astype(dtype, copy=False)
    except FloatingPointError:
        _report(array, np.dtype(dtype), use, rows)
        return None


def put(array: Array, whole: Array, position: int, use: Use, rows: RowSelection) -> bool:
    """Whether single values [n] fit into a column of an array of floats [n, columns]."""
    try:
        with np.errstate(over="raise"):
            whole[:, position] = array
    except FloatingPointError:
        own = use._replace(columns=(use.columns[position],))
        _report(array, whole.dtype, own, rows)
        return False
    return True


def _report(array: Array, dtype: np.dtype[np.generic], use: Use, rows: RowSelection) -> None:
    with np.errstate(over="ignore"):
        bad = np.isinf(array.astype(dtype)) & np.isfinite(array)
    row, *place = (int(index) for index in np.argwhere(bad)[0])
    name = use.columns[place[0] if len(use.columns) > 1 else 0]
    found = name, float(array[(row, *place)]), rows.locate(row)
    report_too_large(use.role, dtype.name, found, use.span, rows.findings)
