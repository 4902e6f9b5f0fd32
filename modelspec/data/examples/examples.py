"""Columns to the arrays that a model takes: inputs by name, targets by name, weights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from modelspec.data.media import lazy_media_input
from modelspec.data.prepare import report_input_shape, report_negative_weight, report_wrong_dtype
from modelspec.data.table import (
    NUMERIC_KINDS,
    Array,
    LazyArray,
    Purpose,
    RowSelection,
    Table,
    as_numbers,
    as_text,
    purpose_text,
)
from modelspec.diagnostics import Span
from modelspec.spec.data import Columns
from modelspec.spec.model import InputSpec, Shape

from .narrowing import Use, narrowed, put


@dataclass(frozen=True, slots=True)
class Examples:
    """One split, ready for a model.

    Attributes:
        inputs: input name to array [n, ...] in the input's dtype, or to values that are made
            batch by batch; text as Python strings in an object array.
        targets: output name to array [n, ...]: class numbers int32, other numbers float32 or
            int64. Empty where only inputs were asked for.
        weights: float32 [n], or None.
        rows: int64 [n], for each example its row in `table`.
        table: what the examples were made from.
    """

    inputs: Mapping[str, Array | LazyArray]
    targets: Mapping[str, Array]
    weights: npt.NDArray[np.float32] | None
    rows: npt.NDArray[np.int64]
    table: Table

    def __len__(self) -> int:
        return len(self.rows)

    def take(self, part: slice) -> Examples:
        """Some examples that follow each other."""
        first, last, _ = part.indices(len(self))
        numbers = np.arange(first, last)
        inputs = {
            name: values.take(numbers) if isinstance(values, LazyArray) else values[part]
            for name, values in self.inputs.items()
        }
        targets = {name: values[part] for name, values in self.targets.items()}
        weights = None if self.weights is None else self.weights[part]
        return Examples(inputs, targets, weights, self.rows[part], self.table)


def input_array(entry: InputSpec, columns: Columns, rows: RowSelection) -> Array | LazyArray | None:
    """The array of one input; None with a finding where the columns do not fit it.

    It is made on the way where the column holds paths of images and the like.

    Args:
        entry: the model's input: its shape and dtype.
        columns: the columns that feed it.
        rows: where they are.
    """
    dtype = entry.dtype or "float32"
    found = [rows.columns[name] for name in columns.columns]
    if found[0].media_source is not None and len(found) == 1:
        return lazy_media_input(found[0], entry, rows.findings)
    if dtype == "string":
        arrays = [as_text(column) for column in found]
    else:
        arrays = [as_numbers(column) for column in found]
    if columns.single:
        array: Array | None = arrays[0]
    else:
        array = _stacked(arrays, columns, rows, (purpose_text(Purpose.INPUT, entry.name), dtype))
    if array is None:
        return None
    fitted = _fit(array, entry, columns, rows)
    if fitted is None or dtype == "string":
        return fitted
    return _cast(fitted, dtype, entry, columns, rows)


def _stacked(
    arrays: list[Array], columns: Columns, rows: RowSelection, wanted: tuple[str, str] | None = None
) -> Array | None:
    """Single values side by side, [n, columns]; where floats are wanted, at once as such.

    `wanted` is what messages call the use, and the dtype.
    """
    for name, span, array in zip(columns.columns, columns.column_spans, arrays, strict=True):
        if array.ndim != 1:
            shape = list(array.shape[1:])
            message = f"`{name}` has shape {shape} for each example; a list takes single values"
            hint = "feed it to an input of its own, without a list"
            rows.findings.error(span, "column-shape", message, hint=hint)
            return None
    role, dtype = wanted or ("", "")
    if not dtype.startswith("float"):
        return np.stack(arrays, axis=1)
    whole, use = np.empty((len(arrays[0]), len(arrays)), dtype=dtype), _use(columns, role)
    sound = [put(array, whole, place, use, rows) for place, array in enumerate(arrays)]
    return whole if all(sound) else None


def _use(columns: Columns, role: str) -> Use:
    return Use(columns.columns, role, columns.span)


def _fit(array: Array, entry: InputSpec, columns: Columns, rows: RowSelection) -> Array | None:
    """Bring the rank to that of the input, by a last axis of size 1; a finding where it differs."""
    shape = entry.shape or ()
    if array.ndim == len(shape) and shape[-1] in (1, None):
        array = array[..., np.newaxis]
    elif array.ndim == len(shape) + 2 and array.shape[-1] == 1:
        array = array[..., 0]
    if array.ndim == len(shape) + 1 and _agree(array.shape[1:], shape):
        return array
    report_input_shape(entry, columns, array.shape[1:], rows.findings)
    return None


def _agree(found: tuple[int, ...], wanted: Shape) -> bool:
    return all(w is None or f == w for f, w in zip(found, wanted, strict=True))


def _cast(
    array: Array, dtype: str, entry: InputSpec, columns: Columns, rows: RowSelection
) -> Array | None:
    """The array in the input's dtype; a finding where a whole number is needed and is none."""
    wanted = np.dtype({"bfloat16": "float32"}.get(dtype, dtype))
    if wanted.kind == "f":
        return narrowed(array, wanted, _use(columns, purpose_text(Purpose.INPUT, entry.name)), rows)
    with np.errstate(invalid="ignore"):
        cast = array.astype(wanted)
        lost = (cast != array).reshape(len(array), -1)
    if not lost.any():
        return cast
    row, position = (int(i) for i in np.argwhere(lost)[0])
    name = columns.columns[0] if columns.single else columns.columns[position]
    value = array.reshape(len(array), -1)[row, position]
    report_wrong_dtype(entry, columns, (name, float(value), rows.locate(row)), rows.findings)
    return None


def number_target(target: Columns, rows: RowSelection) -> Array | None:
    """A target without labels: [n, columns], or the array as it is, at least [n, 1].

    Whole numbers stay so, as class numbers; all else is float32.
    """
    arrays = [as_numbers(rows.columns[name]) for name in target.columns]
    array = arrays[0] if target.single else _stacked(arrays, target, rows)
    if array is None:
        return None
    if array.ndim == 1:
        array = array[:, np.newaxis]
    if array.dtype.kind in "iu":
        return array.astype(np.int64, copy=False)
    assert array.dtype.kind in NUMERIC_KINDS
    return narrowed(
        array, np.float32, _use(target, purpose_text(Purpose.TARGET, target.name)), rows
    )


def weight_array(name: str, rows: RowSelection, span: Span) -> npt.NDArray[np.float32] | None:
    """The sample weights [n]; None with a finding where one is negative or not a single value."""
    array = as_numbers(rows.columns[name])
    if array.ndim != 1:
        message = (
            f"`{name}` has shape {list(array.shape[1:])} for each example, a weight is one number"
        )
        rows.findings.error(span, "column-shape", message)
        return None
    bad = array < 0
    if bad.any():
        row = int(np.argmax(bad))
        report_negative_weight(name, float(array[row]), rows.locate(row), span, rows.findings)
        return None
    return narrowed(
        array, np.float32, Use((name,), purpose_text(Purpose.SAMPLE_WEIGHT), span), rows
    )
