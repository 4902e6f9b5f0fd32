"""Columns to the arrays that a model takes: inputs, targets without labels, sample weights."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from modelspec.data.media import lazy_media_input
from modelspec.data.prepare import (
    report_input_shape,
    report_negative_weight,
    report_too_large,
    report_wrong_dtype,
    stored_dtype,
)
from modelspec.data.table import (
    NUMERIC_KINDS,
    Array,
    Column,
    LazyArray,
    Purpose,
    RowSelection,
    as_numbers,
    as_text,
    padded,
    purpose_text,
)
from modelspec.diagnostics import Span
from modelspec.spec.data import Columns, date_options
from modelspec.spec.model import ExampleShape, InputSpec

from .date_arrays import date_array


class ArrayUse(NamedTuple):
    """What an array is used for.

    Attributes:
        columns: the columns that it is made of.
        text: what messages call the use: "the input `x`".
        span: the use in the spec.
    """

    columns: tuple[str, ...]
    text: str
    span: Span


def input_array(entry: InputSpec, columns: Columns, rows: RowSelection) -> Array | LazyArray | None:
    """The array of one input, [n, *shape] in its dtype; None with a finding where it cannot be.

    A column of paths of images or the like gives values that are decoded batch by batch.

    Args:
        entry: the model's input: its shape and dtype.
        columns: the columns that feed it.
        rows: their values, and where findings go.
    """
    dtype = entry.dtype or "float32"
    found = [rows.columns[name] for name in columns.columns]
    if found[0].media_source is not None and len(found) == 1:
        return lazy_media_input(found[0], entry, rows.findings)
    use = ArrayUse(columns.columns, purpose_text(Purpose.INPUT, entry.name), columns.span)
    dates = date_options(columns)
    if dates is not None:
        parts = date_array(dates, columns, rows)
        wanted = np.dtype(stored_dtype(dtype))
        return None if parts is None else parts.astype(wanted)
    if columns.width is not None:
        lists = lists_of(columns, rows)
        if lists is None:
            return None
        found = [lists]
    arrays = [as_text(one) if dtype == "string" else as_numbers(one) for one in found]
    arrays += [_indicator(rows.columns[name]) for name in columns.indicators]
    array = arrays[0] if columns.single else _side_by_side(arrays, columns, rows, use, dtype)
    if array is None:
        return None
    fitted = _with_rank_of_input(array, entry, columns, rows)
    if fitted is None or dtype == "string":
        return fitted
    wanted = np.dtype(stored_dtype(dtype))
    if wanted.kind == "f":
        return _as_floats(fitted, wanted, use, rows)
    return _as_whole_numbers(fitted, wanted, entry, columns, rows)


def _indicator(column: Column) -> Array:
    """1 where a value was missing, 0 elsewhere: float32 [n]."""
    filled = np.zeros(len(column.missing)) if column.filled is None else column.filled
    return filled.astype(np.float32)


def lists_of(columns: Columns, rows: RowSelection) -> Column | None:
    """The lists of a column, of the width that `pad` says; None with a finding where it has none.

    Args:
        columns: one column, with a width.
        rows: its values, and where findings go.
    """
    assert columns.width is not None
    name = columns.columns[0]
    column = rows.columns[name]
    if column.values.ndim > 1:
        return padded(column, columns.width)
    message = f"`{name}` has one value in each row, and `pad` takes lists"
    span = columns.place("pad")
    rows.findings.error(span, "column-shape", message, hint="leave `pad` out")
    return None


def number_target(target: Columns, rows: RowSelection) -> Array | None:
    """A target without labels: [n, columns], or the array as it is, at least [n, 1].

    Whole numbers become int64, which may be class numbers; all else becomes float32.
    """
    use = ArrayUse(target.columns, purpose_text(Purpose.TARGET, target.name), target.span)
    found = [rows.columns[name] for name in target.columns]
    if target.width is not None:
        lists = lists_of(target, rows)
        if lists is None:
            return None
        found = [lists]
    arrays = [as_numbers(column) for column in found]
    array = arrays[0] if target.single else _side_by_side(arrays, target, rows, use, "")
    if array is None:
        return None
    if array.ndim == 1:
        array = array[:, np.newaxis]
    if array.dtype.kind in "iu":
        return array.astype(np.int64, copy=False)
    assert array.dtype.kind in NUMERIC_KINDS
    return _as_floats(array, np.float32, use, rows)


def weight_array(array: Array, use: ArrayUse, rows: RowSelection) -> npt.NDArray[np.float32] | None:
    """Weights [n] or [n, steps...] as floats; None with a finding where one is negative."""
    bad = array < 0
    if bad.any():
        row, *place = (int(index) for index in np.argwhere(bad)[0])
        value = float(array[(row, *place)])
        report_negative_weight(use.columns[0], value, rows.locate(row), use.span, rows.findings)
        return None
    return _as_floats(array, np.float32, use, rows)


def _side_by_side(
    arrays: list[Array], columns: Columns, rows: RowSelection, use: ArrayUse, dtype: str
) -> Array | None:
    """Columns of single values as one array [n, columns]; None with a finding.

    Where a dtype of floats is wanted, each column is written into the result, which saves the
    copy in the columns' own dtype.
    """
    for name, span, array in zip(columns.columns, columns.column_spans, arrays, strict=False):
        if array.ndim != 1:
            shape = list(array.shape[1:])
            message = f"`{name}` has shape {shape} for each example; a list takes single values"
            hint = "feed it to a separate input, without a list"
            if name in columns.indicators:
                message = f"`{name}` has shape {shape} for each example; `indicator` takes a number"
                hint = f"remove `indicator` of `{name}`"
            rows.findings.error(span, "column-shape", message, hint=hint)
            return None
    if not dtype.startswith("float"):
        return np.stack(arrays, axis=1)
    whole = np.empty((len(arrays[0]), len(arrays)), dtype=dtype)
    with np.errstate(over="raise"):
        sound = [_write_column(a, whole, position, use, rows) for position, a in enumerate(arrays)]
    return whole if all(sound) else None


def _with_rank_of_input(
    array: Array, entry: InputSpec, columns: Columns, rows: RowSelection
) -> Array | None:
    """Add or remove a last axis of size 1, as the input needs; None with a finding."""
    shape = entry.shape or ()
    if array.ndim == len(shape) and shape[-1] in (1, None):
        array = array[..., np.newaxis]
    elif array.ndim == len(shape) + 2 and array.shape[-1] == 1:
        array = array[..., 0]
    if array.ndim == len(shape) + 1 and _sizes_agree(array.shape[1:], shape):
        return array
    report_input_shape(entry, columns, array.shape[1:], rows.findings)
    return None


def _sizes_agree(found: tuple[int, ...], wanted: ExampleShape) -> bool:
    return all(w is None or f == w for f, w in zip(found, wanted, strict=True))


def _as_whole_numbers(
    array: Array,
    dtype: np.dtype[np.generic],
    entry: InputSpec,
    columns: Columns,
    rows: RowSelection,
) -> Array | None:
    """The array in a dtype of whole numbers; None with a finding where one does not fit."""
    with np.errstate(invalid="ignore"):
        cast = array.astype(dtype)
        lost = (cast != array).reshape(len(array), -1)
    if not lost.any():
        return cast
    row, position = (int(i) for i in np.argwhere(lost)[0])
    name = columns.columns[0] if columns.single else columns.columns[position]
    value = array.reshape(len(array), -1)[row, position]
    report_wrong_dtype(entry, columns, (name, float(value), rows.locate(row)), rows.findings)
    return None


def _as_floats(
    array: Array, dtype: npt.DTypeLike, use: ArrayUse, rows: RowSelection
) -> Array | None:
    """The array in a dtype of floats; None with a finding where a number becomes infinite."""
    try:
        with np.errstate(over="raise"):
            return array.astype(dtype, copy=False)
    except FloatingPointError:
        _report_overflow(array, np.dtype(dtype), use, rows)
        return None


def _write_column(
    array: Array, whole: Array, position: int, use: ArrayUse, rows: RowSelection
) -> bool:
    """Write single values [n] into a column of floats [n, columns]; False with a finding.

    What is too large has to raise: see `np.errstate`.
    """
    try:
        whole[:, position] = array
    except FloatingPointError:
        column = use._replace(columns=(use.columns[position],))
        _report_overflow(array, whole.dtype, column, rows)
        return False
    return True


def _report_overflow(
    array: Array, dtype: np.dtype[np.generic], use: ArrayUse, rows: RowSelection
) -> None:
    with np.errstate(over="ignore"):
        bad = np.isinf(array.astype(dtype)) & np.isfinite(array)
    row, *rest = (int(index) for index in np.argwhere(bad)[0])
    name = use.columns[rest[0] if len(use.columns) > 1 else 0]
    found = name, float(array[(row, *rest)]), rows.locate(row)
    report_too_large(use.text, dtype.name, found, use.span, rows.findings)
