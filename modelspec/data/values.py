"""Values of a column as numbers or text, and which of them are neither."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from modelspec.diagnostics import Findings
from modelspec.spec.data import label_text

from .needs import NUMBER, Need
from .table import Array, Column, Table

NUMERIC = "biuf"
"""numpy kinds that are numbers."""


def as_numbers(column: Column) -> Array:
    """The values as numbers; text that is no number becomes NaN, as does what is missing."""
    if column.is_text:
        numbers = [_number(value) for value in column.values.ravel().tolist()]
        values = np.asarray(numbers, dtype=np.float64).reshape(column.values.shape)
    elif column.values.dtype.kind == "b":
        values = column.values.astype(np.float32)
    else:
        values = column.values
    if column.missing.any() and values.dtype.kind == "f":
        values = values.copy()
        values[_spread(column.missing, values) & ~np.isfinite(values)] = np.nan
        if column.values.ndim == 1:
            values[column.missing] = np.nan
    elif column.missing.any():
        values = values.astype(np.float64)
        values[column.missing] = np.nan
    return values


def as_text(column: Column) -> Array:
    """The values as Python strings in an object array; what is missing is ""."""
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


def _spread(missing: npt.NDArray[np.bool_], values: Array) -> npt.NDArray[np.bool_]:
    shape = (len(missing), *([1] * (values.ndim - 1)))
    return np.broadcast_to(missing.reshape(shape), values.shape)


def _number(text: Any) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan


def check_values(table: Table, needs: Sequence[Need], findings: Findings) -> bool:
    """Whether every column holds what it is used for; a finding for the first value that does not.

    Args:
        table: the columns.
        needs: what each is used for.
        findings: takes text among numbers, infinite numbers, and arrays that are neither
            numbers nor text.
    """
    before = len(findings)
    seen: set[tuple[str, str]] = set()
    for need in needs:
        if (need.column, need.use) not in seen:
            seen.add((need.column, need.use))
            _check(table, need, findings)
    return len(findings) == before


def _check(table: Table, need: Need, findings: Findings) -> None:
    column = table.columns[need.column]
    if column.medium is not None:  # its files have been checked
        return
    if not column.is_text and column.values.dtype.kind not in NUMERIC:
        message = (
            f"`{need.column}` of {table.names} holds {column.values.dtype}, not numbers or text"
        )
        findings.error(need.span, "wrong-column-type", message)
    elif need.use == NUMBER and column.is_text:
        _check_text(table, column, need, findings)
    elif not column.is_text and column.values.dtype.kind == "f":
        bad = np.isinf(column.values).any(axis=tuple(range(1, column.values.ndim)))
        if bad.any():
            row = int(np.argmax(bad))
            message = f"`{need.column}` is infinite in {table.place(row)}"
            findings.error(
                need.span, "not-finite", message, hint="mend the value, or leave it empty"
            )


def _check_text(table: Table, column: Column, need: Need, findings: Findings) -> None:
    numbers = as_numbers(column)
    bad = ~np.isfinite(numbers.reshape(len(numbers), -1)).all(axis=1) & ~column.missing
    count, total = int(bad.sum()), int((~column.missing).sum())
    if not count:
        return
    row = int(np.argmax(bad))
    value = column.values[row] if column.values.ndim == 1 else "text"
    rest = f" and {count - 1} more" if count > 1 else ""
    message = (
        f"{need.role} takes numbers, but `{need.column}` is {_quoted(value)}"
        f" in {table.place(row)}{rest}"
    )
    findings.error(need.span, "not-a-number", message, hint=_text_hint(need, count == total))


def _text_hint(need: Need, all_text: bool) -> str:
    if not all_text:
        return "mend the value, or leave it empty and say under `missing` what to do"
    if need.role.startswith("the input"):
        return (
            "a text column needs an input of its own with `dtype: string`,"
            " and a StringLookup or TextVectorization after it"
        )
    return ""


def _quoted(value: Any) -> str:
    text = str(value)
    return f'"{text}"' if len(text) <= 40 else f'"{text[:39]}…"'
