"""Examples of forecasts: the windows before, and the rows of the horizon."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from modelspec.data.examples import Examples, Preprocessing, make_windows
from modelspec.data.prepare import Series
from modelspec.data.table import (
    Array,
    Column,
    RowNumbers,
    Table,
    TablePart,
    concatenate_columns,
    full_column,
    text_column,
    with_derived,
)
from modelspec.diagnostics import Findings
from modelspec.spec.data import DataSpec

from .forecast_origins import ForecastOrigin
from .known_ahead import goes_on
from .read import NEW


def forecast_examples(
    preprocessing: Preprocessing,
    table: Table,
    series: Series,
    origins: Sequence[ForecastOrigin],
    findings: Findings,
) -> Examples | None:
    """The windows before, and the rows of the horizon: those that the file lacks are made."""
    windows = series.windows
    rows, times, groups = list[int](), list[Any](), list[int]()
    needed = windows.horizon if windows.sees_horizon else 0
    for origin in origins:
        first = origin.last - windows.reach + 1
        rows += series.order[first : origin.last + 1].tolist()
        rows += [rows[-1]] * windows.gap if needed else []
        for position, time in zip(origin.later[:needed], origin.times[:needed], strict=True):
            if position >= 0:
                rows.append(int(series.order[position]))
            else:
                rows.append(table.rows + len(times))
                times.append(time)
                groups.append(int(series.order[origin.last]))
    whole = _with_made_rows(table, preprocessing.data, times, np.asarray(groups, dtype=np.int64))
    order = np.asarray(rows, dtype=np.int64)
    span = windows.span(with_targets=False)
    usable = np.ones(len(order), dtype=np.bool_)
    numbers = np.repeat(np.arange(len(origins)), span)
    placed = Series(order, numbers, None, usable, windows)
    starts = {NEW: np.arange(len(origins)) * span}
    made = make_windows(preprocessing, whole, placed, starts, findings, with_targets=False)
    return None if findings.has_errors else made[NEW]


def _with_made_rows(table: Table, data: DataSpec, times: Sequence[Any], like: RowNumbers) -> Table:
    """The table with rows after its last ones: as the last ones of their groups, at other times."""
    if not len(times):
        return table
    part = TablePart(f"the horizon after {table.names}", len(times), 1)
    made = {name: column.take(like) for name, column in table.columns.items()}
    time = data.train.options["time"]
    made[time] = time_column(times, table.columns[time])
    later = Table(made, len(times), [part])
    again = [name for name in table.columns if name in data.derive and goes_on(name, data)]
    if again:
        plain = {name: column for name, column in made.items() if name not in again}
        later = with_derived(replace(later, columns=plain), again, data.derive)
    columns = {
        name: concatenate_columns([column, later.columns[name]])
        for name, column in table.columns.items()
    }
    return Table(columns, table.rows + len(times), [*table.parts, part])


def time_column(times: Sequence[Any], like: Column) -> Column:
    """Times as a column that is written as another one is."""
    if like.is_text:
        return text_column([str(time) for time in times])
    values: Array = np.asarray(times, dtype=like.values.dtype)
    return full_column(values)
