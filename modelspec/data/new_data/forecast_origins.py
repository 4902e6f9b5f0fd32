"""Where the forecast of each group of a series begins, and the times that it is of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from modelspec.data.prepare import Series
from modelspec.data.table import Table, as_text, text_column
from modelspec.spec.data import DataSpec

from .later_rows import rows_of_groups
from .later_times import later_times

LAST_TIMES = 12
"""Rows whose days tell how a month's day is written: the last one of a month, or another."""


class ForecastOrigin(NamedTuple):
    """Where the forecast of one group begins.

    Attributes:
        group: its name.
        last: the position of its last known row in the series.
        is_whole: whether a whole window ends there, and no rule drops a row of the horizon that
            inputs take.
        later: the positions of the rows of the horizon; -1 where the file has none.
        times: of these.
    """

    group: str
    last: int
    is_whole: bool
    later: Sequence[int]
    times: Sequence[Any]


def find_origins(
    series: Series, table: Table, data: DataSpec, later: npt.NDArray[np.bool_]
) -> list[ForecastOrigin]:
    """Where the forecast of each group begins: behind its last row that is none of the horizon."""
    options, windows = data.train.options, series.windows
    group = options.get("group")
    names = None
    if group is not None:
        names = as_text(table.columns[group])[series.order].astype(str)
    column = None if names is None else text_column(names.tolist())
    skipped, found = later[series.order], []
    if group is not None:  # rows of no group have no forecast
        skipped = skipped | table.columns[group].missing[series.order]
    for positions in rows_of_groups(column, len(series.order)):
        known = positions[~skipped[positions]]
        if not len(known):
            continue
        last = int(known[-1])
        window = np.arange(last - windows.reach + 1, last + 1)
        is_whole = window[0] >= 0 and series.groups[window[0]] == series.groups[last]
        is_whole = bool(is_whole and series.usable[window].all())
        counts = [windows.gap + 1 + step for step in range(windows.horizon)]
        assert series.times is not None
        times = later_times(series.times[known[-LAST_TIMES:]], counts, options["every"])
        rows = [last + count for count in counts]
        end = int(positions[-1])
        rows = [r if r <= end and series.groups[r] == series.groups[last] else -1 for r in rows]
        if windows.sees_horizon:
            is_whole &= all(series.usable[r] for r in rows if r >= 0)
        shown = [series.times[r] if r >= 0 else t for r, t in zip(rows, times, strict=True)]
        name = "" if names is None else str(names[last])
        found.append(ForecastOrigin(name, last, is_whole, rows, shown))
    return found
