"""New data of a series, for what follows its last rows: the horizon of each group."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from modelspec.data.examples import Examples, Preprocessing, make_windows
from modelspec.data.prepare import (
    CheckedTable,
    Series,
    find_step_of,
    order_series,
    report_no_windows,
)
from modelspec.data.table import (
    Array,
    BrokenDataError,
    Column,
    RowNumbers,
    Table,
    TablePart,
    as_text,
    concatenate_columns,
    full_column,
    text_column,
    with_derived,
)
from modelspec.diagnostics import Findings, Span
from modelspec.spec.data import (
    ANY_STEP,
    HORIZON,
    WINDOW,
    DataSpec,
)

from .later_times import later_times
from .new_data import (
    NEW,
    open_new_file,
    read_new_table,
    start_of,
    uses_of_new_data,
    uses_to_keep,
)
from .new_data_stream import NewDataChunk
from .new_gaps import allow_gaps

LAST_TIMES = 12
"""Rows whose days tell how a month's day is written: the last one of a month, or another."""


def forecasts(data: DataSpec) -> bool:
    """Whether predictions are of the rows after the last ones: times are known to go on."""
    options = data.train.options
    return options.get("every", ANY_STEP) != ANY_STEP and any(
        (target.rows or HORIZON) == HORIZON for target in data.targets
    )


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


class NewForecast(NamedTuple):
    """What follows each group of a series.

    Attributes:
        examples: one for each group that has a whole window.
        horizon: the rows that follow.
        kept: the columns of the groups and times, of all lines.
        lines: those of the groups that have an example.
    """

    examples: Examples
    horizon: int
    kept: Mapping[str, Column]
    lines: RowNumbers
    generated: Sequence[str] = ()

    def chunks(self, findings: Findings) -> Iterator[NewDataChunk]:
        """All lines as one chunk; those of a group without a whole window have no example."""
        del findings
        rows = len(next(iter(self.kept.values())).values)
        yield NewDataChunk(rows, self.examples, self.lines, self.kept, self.horizon)


def open_forecast(
    preprocessing: Preprocessing,
    path: Path,
    findings: Findings,
    missing: str | None = None,
    keep: Sequence[str] = (),
) -> NewForecast | None:
    """Read and check a file, and find where the forecast of each group begins; None with findings.

    Rows at the end of a group in which the past is missing are those of the horizon: they have
    what is known beforehand.

    Args:
        preprocessing: of the trained model.
        path: a file with the rows of the past; relative to the current folder.
        findings: takes what is wrong with the file.
        missing: what happens to gaps where training had none; None for what the spec says.
        keep: columns to write next to the predictions: what the rows of the horizon have in the
            file, else what all rows of the group have.

    Raises:
        UsageError: the training learned no medians.
    """
    opened = open_new_file(preprocessing, path, findings)
    if opened is None:
        return None
    uses, later = uses_of_new_data(preprocessing.plan, with_targets=False), LaterRows(preprocessing)
    gaps = allow_gaps(preprocessing, missing, uses)
    preprocessing = gaps.preprocessing
    uses = (*uses, *uses_to_keep(keep, uses, opened, path))
    try:
        checked = read_new_table(preprocessing, opened, path, uses, findings, later.fill)
        if checked is None:
            return None
        gaps.report(checked, start_of(path), findings)
        return _forecast(preprocessing, checked, later, start_of(path), findings, keep)
    except BrokenDataError as broken:
        broken.report(findings)
        return None


class LaterRows:
    """Finds the rows of the horizon in a table: those at the end of a group without a past.

    Args:
        preprocessing: says which columns are of the past, and which are known beforehand.

    Attributes:
        rows: [rows of the table]: which are of the horizon.
        written: the columns of the table as they were before any was filled.
    """

    def __init__(self, preprocessing: Preprocessing) -> None:
        self.data = preprocessing.data
        fed = [columns for _, columns in preprocessing.plan.inputs if columns is not None]
        past = _names(fed, WINDOW)
        self.ahead = _names(fed, HORIZON)
        goals = [name for target in self.data.targets for name in target.columns]
        decide = [name for name in past if name in goals]
        if not decide:
            rules, default = self.data.missing, self.data.missing.get("*")
            decide = [name for name in past if rules.get(name, default) in (None, "drop")]
        self.deciding = [name for name in decide if name not in self.ahead]
        self.rows: npt.NDArray[np.bool_] = np.zeros(0, dtype=np.bool_)
        self.written: Mapping[str, Column] = {}

    def fill(self, table: Table) -> Table:
        """The table, with any value in place of the past that the rows of the horizon lack."""
        self.written = table.columns
        self.rows = np.zeros(table.rows, dtype=np.bool_)
        deciding = [table.columns[name] for name in self.deciding]
        if not deciding or not table.rows:
            return table
        is_known = ~np.logical_or.reduce([column.missing for column in deciding])
        group = self.data.train.options.get("group")
        for rows in _rows_of_groups(table.columns[group] if group else None, table.rows):
            known = np.flatnonzero(is_known[rows])
            self.rows[rows[known[-1] + 1 if len(known) else 0 :]] = True
        keep = {*self.ahead, group, self.data.train.options["time"]}
        columns = {
            name: column if name in keep else _with_any_value(column, self.rows)
            for name, column in table.columns.items()
        }
        return replace(table, columns=columns)


def _names(fed: Sequence[Any], rows: str) -> list[str]:
    found = (columns for columns in fed if (columns.rows or WINDOW) == rows)
    return list(dict.fromkeys(name for columns in found for name in columns.columns))


def _rows_of_groups(column: Column | None, count: int) -> Iterator[RowNumbers]:
    """The rows of each group, in order."""
    if column is None:
        yield np.arange(count)
        return
    _, numbers = np.unique(as_text(column).astype(str), return_inverse=True)
    order = np.argsort(numbers, kind="stable")
    yield from np.split(order, np.flatnonzero(np.diff(numbers[order])) + 1)


def _with_any_value(column: Column, rows: npt.NDArray[np.bool_]) -> Column:
    lacking = column.missing & rows
    if not lacking.any():
        return column
    values = column.values.copy()
    values[lacking] = "" if column.is_text else 0
    missing = column.missing & ~rows
    return replace(column, values=values, missing=missing, words=None, codes=None)


def _forecast(
    preprocessing: Preprocessing,
    checked: CheckedTable,
    later: LaterRows,
    start: Span,
    findings: Findings,
    keep: Sequence[str],
) -> NewForecast | None:
    data, table = preprocessing.data, checked.table
    find = find_step_of(preprocessing.learned)
    series = order_series(checked, data.train, data, findings, find)
    assert series is not None
    if findings.has_errors:
        return None
    origins = _origins(series, table, data, later.rows)
    whole = [origin for origin in origins if origin.is_whole]
    if not whole:
        report_no_windows("", series.windows.reach, table.names, data, findings)
        return None
    if not _check_ahead(whole, later.ahead, table, data, start, findings):
        return None
    examples = _examples(preprocessing, table, series, whole, findings)
    if examples is None:
        return None
    horizon = series.windows.horizon
    lines = np.repeat([origin.is_whole for origin in origins], horizon)
    kept = _kept_columns(origins, table, data)
    for name in keep:
        kept.setdefault(name, _kept_of_lines(later.written[name], origins, series, table, data))
    return NewForecast(examples, horizon, kept, np.flatnonzero(lines))


def _origins(
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
    for positions in _rows_of_groups(column, len(series.order)):
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


def _check_ahead(
    origins: Sequence[ForecastOrigin],
    ahead: Sequence[str],
    table: Table,
    data: DataSpec,
    start: Span,
    findings: Findings,
) -> bool:
    """Whether what has to be known of the horizon is; a finding where the file lacks a row."""
    options = data.train.options
    given = list(dict.fromkeys(one for name in ahead for one in _columns_ahead(name, data)))
    for origin in origins if given else ():
        if min(origin.later) < 0:
            lacking = sum(row < 0 for row in origin.later)
            time = origin.times[list(origin.later).index(-1)]
            of = f" of {origin.group}" if origin.group else ""
            message = (
                f"{table.names} has no `{given[0]}` for {time}{of}, which the forecast takes:"
                f" {lacking} of {len(origin.later)} rows of the horizon are missing"
            )
            columns = ", ".join(f"`{name}`" for name in (options["time"], *given))
            hint = f"add these rows with {columns}, and leave the columns of the past empty"
            findings.error(start, "missing-values", message, hint=hint)
            return False
    return True


def _examples(
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
    made[time] = _time_column(times, table.columns[time])
    later = Table(made, len(times), [part])
    again = [name for name in table.columns if name in data.derive and _goes_on(name, data)]
    if again:
        plain = {name: column for name, column in made.items() if name not in again}
        later = with_derived(replace(later, columns=plain), again, data.derive)
    columns = {
        name: concatenate_columns([column, later.columns[name]])
        for name, column in table.columns.items()
    }
    return Table(columns, table.rows + len(times), [*table.parts, part])


def _goes_on(name: str, data: DataSpec) -> bool:
    """Whether a column is known beyond the last row: the time, and what is made of it."""
    options = data.train.options
    if name in data.derive:
        return all(_goes_on(one, data) for one in data.derive[name].takes)
    return name in (options["time"], options.get("group"))


def _columns_ahead(name: str, data: DataSpec) -> list[str]:
    """The columns of the file that have to go beyond the last row for a column to do so."""
    if name not in data.derive:
        return [] if _goes_on(name, data) else [name]
    one = data.derive[name]
    return [
        column
        for taken in one.takes
        for column in ([name] if taken == one.own_source else _columns_ahead(taken, data))
    ]


def _time_column(times: Sequence[Any], like: Column) -> Column:
    if like.is_text:
        return text_column([str(time) for time in times])
    values: Array = np.asarray(times, dtype=like.values.dtype)
    return full_column(values)


def _kept_columns(
    origins: Sequence[ForecastOrigin], table: Table, data: DataSpec
) -> dict[str, Column]:
    """The group and the time of each line."""
    options = data.train.options
    times = [time for origin in origins for time in origin.times]
    found = {}
    if "group" in options:
        found[options["group"]] = text_column([o.group for o in origins for _ in o.times])
    found[options["time"]] = _time_column(times, table.columns[options["time"]])
    return found


def _kept_of_lines(
    column: Column,
    origins: Sequence[ForecastOrigin],
    series: Series,
    table: Table,
    data: DataSpec,
) -> Column:
    """A kept column for each line: of its row in the file, or what does not change in its group."""
    group = data.train.options.get("group")
    fixed = np.full(table.rows, -1)
    for rows in _rows_of_groups(table.columns[group] if group else None, table.rows):
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
