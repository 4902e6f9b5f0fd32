"""The columns that are written beside forecasts: a line for each row of the horizon."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from modelspec.data.prepare import Series
from modelspec.data.table import Column, Table, text_column
from modelspec.spec.data import DataSpec

from .forecast_examples import time_column
from .forecast_origins import ForecastOrigin
from .later_rows import rows_of_groups


def kept_columns(
    origins: Sequence[ForecastOrigin], table: Table, data: DataSpec
) -> dict[str, Column]:
    """The group and the time of each line."""
    options = data.train.options
    times = [time for origin in origins for time in origin.times]
    found = {}
    if "group" in options:
        found[options["group"]] = text_column([o.group for o in origins for _ in o.times])
    found[options["time"]] = time_column(times, table.columns[options["time"]])
    return found


def kept_of_lines(
    column: Column,
    origins: Sequence[ForecastOrigin],
    series: Series,
    table: Table,
    data: DataSpec,
) -> Column:
    """A kept column for each line: of its row in the file, or what does not change in its group."""
    group = data.train.options.get("group")
    fixed = np.full(table.rows, -1)
    for rows in rows_of_groups(table.columns[group] if group else None, table.rows):
        known = rows[~column.missing[rows]]
        if len(known) and (column.values[known] == column.values[known[0]]).all():
            fixed[rows] = known[0]
    lines = np.asarray(
        [
            series.order[later] if later >= 0 else fixed[series.order[origin.last]]
            for origin in origins
            for later in origin.later
        ],
        dtype=np.int64,
    )
    taken = column.take(np.maximum(lines, 0))
    lacking = lines < 0
    return replace(taken, missing=taken.missing | lacking, clean=taken.clean and not lacking.any())
