"""Windows over a table to examples: inputs are gathered on the way, targets are held."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from modelspec.data.prepare import (
    RowNumbers,
    Series,
    WindowOptions,
    fill_missing,
    is_shape_accepted,
    report_input_shape,
)
from modelspec.data.table import Array, Column, LazyArray, RowSelection, Table
from modelspec.diagnostics import Findings
from modelspec.spec.data import Columns
from modelspec.spec.model import InputSpec

from .assemble import Preprocessing, targets_and_weights
from .examples import Examples, input_array


def make_windows(
    reading: Preprocessing,
    table: Table,
    series: Series,
    starts: Mapping[str, RowNumbers],
    findings: Findings,
    *,
    with_targets: bool = True,
) -> dict[str, Examples | None]:
    """The examples of several splits of one table; None for each with findings.

    The row of an example is the last one that its input sees.

    Args:
        reading: what the columns feed.
        table: the columns that are needed.
        series: its rows in order.
        starts: split to the starts of its windows, as places in the series.
        findings: takes columns that do not fit the model, and unknown labels.
        with_targets: whether targets and weights are made, too.
    """
    windows = series.windows
    columns = {name: _filled(name, column, reading) for name, column in table.columns.items()}
    ordered = {name: column.take(series.order) for name, column in columns.items()}
    rows = RowSelection(ordered, series.order, table, findings)
    inputs = {
        entry.name: _steps(entry, found, rows, windows.window)
        for entry, found in reading.plan.inputs
        if found is not None
    }
    goals = targets_and_weights(reading, rows) if with_targets else ({}, None)
    whole = {name: array for name, array in inputs.items() if array is not None}
    if len(whole) < len(inputs) or goals is None:
        return dict.fromkeys(starts)
    targets, weights = goals
    single = {str(target.name): target.single for target in reading.plan.targets}
    return {
        split: Examples(
            {name: _windowed(array, chosen, windows.window) for name, array in whole.items()},
            {n: _ahead(array, chosen, windows, single[n]) for n, array in targets.items()},
            None if weights is None else weights[chosen + windows.ahead],
            series.order[chosen + windows.window - 1],
            table,
        )
        for split, chosen in starts.items()
    }


def _filled(name: str, column: Column, reading: Preprocessing) -> Column:
    """Nothing missing: in rows that a rule drops, which no window takes, anything may stand."""
    learned = reading.learned
    if name in learned.fills:
        return fill_missing(column, learned.fills[name])
    labels = next((f for t, f in learned.labels.items() if name in _columns(reading, t)), ("",))
    return fill_missing(column, labels[0] if column.is_text else 0)


def _columns(reading: Preprocessing, target: str) -> tuple[str, ...]:
    return next(t.columns for t in reading.plan.targets if t.name == target)


def _steps(entry: InputSpec, columns: Columns, rows: RowSelection, window: int) -> Array | None:
    """The values of an input at each row: shape [rows, ...] without the axis of the window."""
    made = (len(columns.columns),)
    if columns.single:
        made = rows.columns[columns.columns[0]].values.shape[1:]
    if entry.shape is not None and not is_shape_accepted(made, entry.shape[1:]):
        report_input_shape(entry, columns, (window, *made), rows.findings)
        return None
    shape = None if entry.shape is None else entry.shape[1:]
    found = input_array(replace(entry, shape=shape), columns, rows)
    return None if isinstance(found, LazyArray) else found


def _windowed(values: Array, starts: RowNumbers, window: int) -> LazyArray:
    """Windows of values, gathered batch by batch."""
    dtype = "string" if values.dtype == object else str(values.dtype)
    kept: list[Any] = []

    def make(batch: Any) -> Any:
        import tensorflow as tf

        if not kept:
            with tf.init_scope(), tf.device("CPU"):
                kept.append(tf.constant(values))
        places = batch[:, tf.newaxis] + tf.range(window, dtype=batch.dtype)
        return tf.gather(kept[0], places)

    return LazyArray(starts, (window, *values.shape[1:]), dtype, make, stored=True)


def _ahead(values: Array, starts: RowNumbers, windows: WindowOptions, single: bool) -> Array:
    """The targets of windows: [n, horizon] of one column, [n, horizon, columns] of a list.

    A list with a horizon of one row is [n, columns].
    """
    places = starts[:, np.newaxis] + windows.ahead + np.arange(windows.horizon)
    found: Array = values[places]
    if single and found.ndim == 3 and found.shape[2] == 1:
        return found[:, :, 0]
    return found[:, 0] if windows.horizon == 1 else found
