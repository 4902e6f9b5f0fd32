"""Windows over a time series to examples: inputs are gathered in batches, targets are in memory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from modelspec.analysis.data import takes_shape
from modelspec.data.prepare import (
    Series,
    WindowOptions,
    encode_tokens,
    fill_missing,
    report_input_shape,
    season_of,
)
from modelspec.data.table import (
    Array,
    Column,
    LazyArray,
    RowNumbers,
    RowSelection,
    Table,
    as_text,
)
from modelspec.diagnostics import Findings
from modelspec.spec.data import (
    CORPUS,
    HORIZON,
    LAST_ROW,
    WINDOW,
    Columns,
    Source,
    count_rows,
    date_options,
)
from modelspec.spec.model import InputSpec

from .arrays import input_array
from .examples import Examples, Goals, Preprocessing, goals_of
from .window_rows import WindowRows


def make_windows(
    preprocessing: Preprocessing,
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
        preprocessing: what the columns feed.
        table: the columns that are needed.
        series: its rows in order.
        starts: split name to the starts of its windows, as positions in the series.
        findings: takes columns that do not fit the model, and unknown labels.
        with_targets: whether targets and weights are made, too.
    """
    windows = series.windows
    ordered = {
        name: _filled(name, column, preprocessing).take(series.order)
        for name, column in table.columns.items()
    }
    rows = RowSelection(ordered, series.order, table, findings)
    seen = _with_token_numbers(rows, preprocessing)
    steps = {
        entry.name: _time_steps(entry, found, seen, preprocessing.data.train)
        for entry, found in preprocessing.plan.inputs
        if found is not None
    }
    made = goals_of(preprocessing, rows) if with_targets else Goals()
    arrays = {name: array for name, array in steps.items() if array is not None}
    if len(arrays) < len(steps) or made is None:
        return dict.fromkeys(starts)
    if made.step_weights:
        span = preprocessing.data.sample_weight_span
        message = "a row of a time series takes one weight, and the column has several in each row"
        findings.error(span, "column-shape", message, hint="name a column of single numbers")
        return dict.fromkeys(starts)
    targets, weights = made.targets, made.weights
    fed = {entry.name: columns for entry, columns in preprocessing.plan.inputs}
    goals = {str(target.name): target for target in preprocessing.plan.targets}
    origin = _window_rows(preprocessing, table, series, goals, targets)
    return {
        split: Examples(
            {
                name: _window_inputs(array, chosen, windows, _rows_of(fed[name], WINDOW))
                for name, array in arrays.items()
            },
            {
                n: _window_targets(array, chosen, windows, goals[n])
                for n, array in targets.items()
                if not isinstance(array, LazyArray)  # no series has files
            },
            None if weights is None else weights[_weighted_row(windows, chosen)],
            series.order[windows.positions(chosen, LAST_ROW)],
            table,
            windows=replace(origin, starts=chosen),
        )
        for split, chosen in starts.items()
    }


def _window_rows(
    preprocessing: Preprocessing,
    table: Table,
    series: Series,
    goals: Mapping[str, Columns],
    targets: Mapping[str, Array | LazyArray],
) -> WindowRows:
    """Where windows over a series come from, for those that have a start."""
    source, names = preprocessing.data.train, None
    if "group" in source.options:
        names = as_text(table.columns[source.options["group"]])[series.order].astype(str)
    values = {
        name: array.reshape(len(array), -1)
        for name, array in targets.items()
        if not isinstance(array, LazyArray) and (goals[name].rows or HORIZON) == HORIZON
    }
    season = season_of(series, series.step, source)
    return WindowRows(series, np.zeros(0, dtype=np.int64), names, values, season)


def _with_token_numbers(rows: RowSelection, preprocessing: Preprocessing) -> RowSelection:
    """The rows of a corpus with numbers for tokens, as its target has them; all others as is."""
    if preprocessing.data.train.kind != CORPUS:
        return rows
    labels = next(iter(preprocessing.learned.labels.values()))
    present = np.zeros(len(rows.rows), dtype=np.bool_)
    return replace(
        rows,
        columns={
            name: Column(encode_tokens(column, labels), present, clean=True)
            for name, column in rows.columns.items()
        },
    )


def _filled(name: str, column: Column, preprocessing: Preprocessing) -> Column:
    """The column without missing values.

    In rows that a rule drops any value will do: no window covers them.
    """
    learned = preprocessing.learned
    if name in learned.fills:
        return fill_missing(column, learned.fills[name])
    targets = {target.name: target.columns for target in preprocessing.plan.targets}
    labels = next((found for t, found in learned.labels.items() if name in targets[t]), ("",))
    return fill_missing(column, labels[0] if column.is_text else 0)


def _rows_of(columns: Columns | None, default: str) -> str:
    return (None if columns is None else columns.rows) or default


def _weighted_row(windows: WindowOptions, starts: RowNumbers) -> RowNumbers:
    """The position whose weight an example has: its first target."""
    return starts + windows.first_target if windows.horizon else windows.positions(starts, LAST_ROW)


def _time_steps(
    entry: InputSpec, columns: Columns, rows: RowSelection, source: Source
) -> Array | None:
    """The values of an input at each row: [rows, ...], without the axis of the window."""
    taken = count_rows(columns.rows or WINDOW, source)
    if taken is None:  # one row alone, as in a table
        found = input_array(entry, columns, rows)
        return None if isinstance(found, LazyArray) else found
    made: tuple[int, ...] = (columns.size,)
    dates = date_options(columns)
    if dates is not None:
        made = (dates.values_each * len(columns.columns),)
    elif columns.single:
        made = rows.columns[columns.columns[0]].values.shape[1:]
        if entry.shape is not None and entry.shape[1:] == (1,):
            made = made or (1,)
    if entry.shape is not None and not takes_shape(entry.shape[1:], made):
        report_input_shape(entry, columns, (taken, *made), rows.findings)
        return None
    shape = None if entry.shape is None else entry.shape[1:]
    found = input_array(replace(entry, shape=shape), columns, rows)
    return None if isinstance(found, LazyArray) else found


def _window_inputs(
    values: Array, starts: RowNumbers, windows: WindowOptions, rows: str
) -> LazyArray:
    """Rows of examples [n, rows, ...] of values [rows, ...], gathered batch by batch."""
    dtype = "string" if values.dtype == object else str(values.dtype)
    offsets = windows.positions(np.zeros(1, dtype=np.int64), rows)[0]
    tensor: list[Any] = []  # made by the first batch, so that no one else needs TensorFlow

    def make(batch: Any) -> Any:
        import tensorflow as tf

        if not tensor:
            with tf.init_scope(), tf.device("CPU"):
                tensor.append(tf.constant(values))
        steps = tf.constant(offsets, batch.dtype)
        positions = batch + steps if offsets.ndim == 0 else batch[:, tf.newaxis] + steps
        return tf.gather(tensor[0], positions)

    shape, again = (*offsets.shape, *values.shape[1:]), (values, starts[:0], windows, rows)
    return LazyArray(starts, shape, dtype, make, stored=True, again=(_window_inputs, again))


def _window_targets(
    values: Array, starts: RowNumbers, windows: WindowOptions, target: Columns
) -> Array:
    """The targets of examples: [n, rows] of one column, [n, rows, columns] of a list.

    A list with a horizon of one row is [n, columns], as is that of the last row.
    """
    rows = target.rows or HORIZON
    found: Array = values[windows.positions(starts, rows)]
    if target.single and found.ndim == 3 and found.shape[2] == 1:
        return found[:, :, 0]
    return found[:, 0] if rows == HORIZON and windows.horizon == 1 else found
