"""Windows over the rows of a time series, and the split that each belongs to.

A series is split by time. All rows of a window, those of its targets included, lie in one split,
so that no row that is evaluated was seen in training.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from modelspec.data.table import Array, RowNumbers, Table, as_text
from modelspec.diagnostics import Findings
from modelspec.spec.data import (
    CORPUS,
    HORIZON,
    LAST_ROW,
    WINDOW,
    DataSpec,
    Source,
    inputs_take_horizon,
    takes_horizon,
)

from .learned_state import LearnedState
from .time_steps import ReadTimes, break_at_holes, find_step, read_times
from .value_checks import CheckedTable

TRAIN, VALIDATION, TEST = "train", "validation", "test"
SPLITS = (TRAIN, VALIDATION, TEST)


@dataclass(frozen=True, slots=True)
class WindowOptions:
    """How rows become examples: `window` rows in, `horizon` rows out, `gap` rows between.

    Attributes:
        window: rows that an input sees.
        gap: rows between the last input row and the first row of the horizon.
        horizon: rows of targets; 0 where nothing takes any.
        stride: rows between the starts of consecutive windows.
        step: the distance of the rows of a window.
        history: whether a window may begin in the split before that of its targets.
        sees_horizon: whether inputs take what is known beforehand of the rows of the horizon.
    """

    window: int
    gap: int
    horizon: int
    stride: int
    step: int = 1
    history: bool = False
    sees_horizon: bool = False

    @property
    def reach(self) -> int:
        """Rows from the start of a window to its end, with those that it leaves out."""
        return (self.window - 1) * self.step + 1

    @property
    def first_target(self) -> int:
        """Rows from the start of a window to its first target."""
        return self.reach + self.gap

    def span(self, *, with_targets: bool) -> int:
        """Rows from the start of a window to the end of its example."""
        needs_horizon = (with_targets or self.sees_horizon) and self.horizon
        return self.first_target + self.horizon if needs_horizon else self.reach

    def positions(self, starts: RowNumbers, rows: str) -> RowNumbers:
        """The positions of the rows of examples: [examples, rows], and [examples] for a single one.

        Args:
            starts: of the windows.
            rows: which of them, `window`, `horizon` or `last`.
        """
        if rows == LAST_ROW:
            return starts + self.reach - 1
        offsets = np.arange(self.window) * self.step
        if rows == HORIZON:
            offsets = self.first_target + np.arange(self.horizon)
        found: RowNumbers = starts[:, np.newaxis] + offsets
        return found

    def rows(self, starts: RowNumbers) -> RowNumbers:
        """All positions in the series that examples take, targets included: sorted, unique."""
        taken = [self.positions(starts, rows).ravel() for rows in (WINDOW, HORIZON)]
        return np.unique(np.concatenate(taken))


def window_options(source: Source, data: DataSpec) -> WindowOptions | None:
    """The windows of a source; None where it is not a time series."""
    given = source.options
    if source.kind == CORPUS:
        return WindowOptions(given["window"], 0, 1, given["stride"])
    if not source.traits.is_series:
        return None
    gap, horizon = given["gap"], given["horizon"]
    if not takes_horizon(data):
        gap = horizon = 0
    return WindowOptions(
        given["window"],
        gap,
        horizon,
        given["stride"],
        given["step"],
        given["history"],
        inputs_take_horizon(data),
    )


@dataclass(frozen=True, slots=True)
class Series:
    """The rows of a table ordered as one or several time series, one group after another.

    All arrays are of shape [rows that meet `where`]; an index into them is a position in the
    series.

    Attributes:
        order: the row in the table.
        groups: the number of the group, ascending; behind a hole in time another one begins.
        times: the time, numbers or text; None where the source names no time column.
        usable: whether no rule drops the row.
        windows: how rows become examples.
        read: the times as numbers; None where they are neither numbers nor dates.
        step: the usual step of the times; None where windows take rows as they come.
    """

    order: RowNumbers
    groups: RowNumbers
    times: Array | None
    usable: npt.NDArray[np.bool_]
    windows: WindowOptions
    read: ReadTimes | None = None
    step: float | None = None

    @property
    def comparable_times(self) -> Array | None:
        """The times, of which a later one is greater; NaN where a dropped row has none.

        Text that is no date in a known form is in the order of text.
        """
        is_text = self.times is not None and self.times.dtype.kind == "U"
        return self.read.numbers if is_text and self.read is not None else self.times


def order_series(
    checked: CheckedTable,
    source: Source,
    data: DataSpec,
    findings: Findings,
    find: Callable[..., float | None] = find_step,
) -> Series | None:
    """Order the rows of a table as series; None for a source that is not a time series.

    Args:
        checked: a table with the columns of `group` and `time`, where the source has them. Rows
            that do not meet `where` are in no series; those that a rule drops interrupt one.
        source: the options.
        data: which rows its columns take.
        findings: takes times that are not sorted, and steps that differ.
        find: tells the usual step of the times, beyond which there is a hole; see `find_step`.
    """
    windows = window_options(source, data)
    if windows is None:
        return None
    table, kept, counted, _ = checked
    groups: RowNumbers = np.zeros(table.rows, dtype=np.int64)
    if source.kind == CORPUS:  # no window goes over the end of a file
        sizes = [part.rows for part in table.parts]
        groups = np.repeat(np.arange(len(sizes)), sizes)
    if "group" in source.options:
        words = as_text(table.columns[source.options["group"]]).astype(str)
        groups = np.unique(words, return_inverse=True)[1].astype(np.int64)
    order: RowNumbers = np.argsort(groups, kind="stable")
    if counted is not None:
        order = order[np.isin(order, counted)]
        groups[order] = np.unique(groups[order], return_inverse=True)[1]
    times = None
    if "time" in source.options:
        values = table.columns[source.options["time"]].values
        times = (values.astype(str) if values.dtype == object else values)[order]
    usable = np.zeros(table.rows, dtype=np.bool_)
    usable[kept] = True
    read = None if times is None else read_times(times, usable[order])
    series = Series(order, groups[order], times, usable[order], windows, read)
    if series.times is None or not _are_sorted(series, table, source, findings):
        return series
    step = find(series, table, source, findings)
    if step is None:
        return series
    groups = break_at_holes(series, step, table, source, findings)
    return replace(series, groups=groups, step=step)


def find_step_of(learned: LearnedState | None) -> Callable[..., float | None]:
    """What tells the usual step of times: what a run learned; the times where nothing has."""
    return find_step if learned is None else lambda *_: learned.time_step


def _are_sorted(series: Series, table: Table, source: Source, findings: Findings) -> bool:
    times = series.comparable_times
    assert series.times is not None and times is not None
    same = series.groups[1:] == series.groups[:-1]
    back = same & (times[1:] < times[:-1])
    if back.any():
        later = int(np.argmax(back)) + 1
        before, here = (table.locate(int(series.order[i])) for i in (later - 1, later))
        name = source.options["time"]
        message = (
            f"`{name}` goes back from {series.times[later - 1]} ({before})"
            f" to {series.times[later]} ({here})"
        )
        hint = "sort the rows by time"
        if series.read is None:
            hint += (
                ", in the order of text: 2024-05-31 sorts correctly; of other dates a derived"
                f" column makes numbers: `{{date: {name}, since: 2000-01-01, format: ...}}`"
            )
        if "group" not in source.options:
            hint += "; of several series in one table write `group: COLUMN`, which tells them apart"
        findings.error(source.place("time"), "unsorted-time", message, hint=hint)
    return not back.any()


def split_windows(
    series: Series,
    fractions: tuple[float, float],
    *,
    with_targets: bool = True,
    given: RowNumbers | None = None,
    fold: tuple[int, int] | None = None,
) -> dict[str, RowNumbers]:
    """Split name to the starts of its windows, as positions in the series.

    Args:
        series: the rows.
        fractions: of validation and of test, 0 for none.
        with_targets: whether a window needs the rows of its targets.
        given: for each row of the table the index of its split in `SPLITS`, where a column says
            it; then `fractions` says which splits there are.
        fold: which fold, from 1, and how many there are, where each is validated on the stretch
            after those that it is trained on. What comes after it is in no split, or in test.
    """
    if given is not None:
        splits = given[series.order]
    elif fold is not None:
        splits = _fold_numbers(series, fold, fractions[1])
    else:
        splits = _split_numbers(series, fractions)
    starts, of = _window_starts(series, splits, with_targets=with_targets)
    wanted = [name for name, fraction in zip(SPLITS, (1, *fractions), strict=True) if fraction]
    return {name: starts[of == SPLITS.index(name)] for name in wanted}


def _split_numbers(series: Series, fractions: tuple[float, float]) -> RowNumbers:
    """The index in `SPLITS` of each position: int64 [rows]."""
    return _edges_passed(series, (1 - fractions[0] - fractions[1], 1 - fractions[1]))


NO_SPLIT = -1
"""In place of the index in `SPLITS`: of rows that no split of a fold takes."""


def _fold_numbers(series: Series, fold: tuple[int, int], test: float) -> RowNumbers:
    """The index in `SPLITS` of each position, or `NO_SPLIT`: int64 [rows]."""
    number, count = fold
    rest = 1 - test
    part = rest / (count + 1)
    passed = _edges_passed(series, (number * part, (number + 1) * part, rest))
    of_stretch = np.asarray([0, SPLITS.index(VALIDATION), NO_SPLIT, SPLITS.index(TEST)])
    if number == count:  # the last stretch ends where test begins, whatever is rounded
        of_stretch[2] = SPLITS.index(VALIDATION)
    found: RowNumbers = of_stretch[passed]
    return found


def _edges_passed(series: Series, edges: Sequence[float]) -> RowNumbers:
    """How many edges, as fractions of the series, are at or before each position: int64 [rows].

    With times, all groups are cut at the same time; without, each group at the same fraction.
    """
    count = len(series.order)
    passed = np.zeros(count, dtype=np.int64)
    times = series.comparable_times
    if times is not None:
        if times.dtype.kind == "f":
            times = np.where(np.isnan(times), -np.inf, times)
        ordered = np.sort(times)
        for edge in edges:
            if edge < 1:
                passed += times >= ordered[min(round(edge * count), count - 1)]
        return passed
    _, first, sizes = np.unique(series.groups, return_index=True, return_counts=True)
    position = np.arange(count) - first[series.groups]
    for edge in edges:
        passed += position >= np.round(edge * sizes)[series.groups]
    return passed


def _window_starts(
    series: Series, splits: RowNumbers, *, with_targets: bool
) -> tuple[RowNumbers, RowNumbers]:
    """The positions at which a window of usable rows of one group starts, and its split.

    All rows of an example are in one split. With `history` those of the window may be in one
    before, and the split is that of the horizon.
    """
    windows = series.windows
    count, span = len(series.order), windows.span(with_targets=with_targets)
    if count < span:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    starts = np.arange(count - span + 1)
    ends = starts + span - 1
    changes = np.diff(series.groups) != 0
    cuts = changes | (np.diff(splits) != 0)
    has_history = windows.history and span > windows.reach
    lead = windows.first_target if has_history else 0  # the first row that has to be in the split
    whole = _same(changes, starts, ends) & _same(cuts, starts + lead, ends)
    of = splits[ends]
    if has_history:
        for later in range(1, len(SPLITS)):
            is_later = _counts(splits >= later)
            whole &= (of >= later) | (is_later[starts + windows.reach] == is_later[starts])
    bad = _counts(~series.usable)
    whole &= bad[starts + windows.reach] == bad[starts]
    if span > windows.reach:
        whole &= bad[ends + 1] == bad[starts + windows.first_target]
    begins = _begins(cuts, count)[starts + lead]
    if has_history:  # the first examples of a group have no rows before it
        begins = np.maximum(begins, _begins(changes, count)[starts] + lead)
    whole &= (starts + lead - begins) % windows.stride == 0
    return starts[whole], of[whole]


def _same(breaks: npt.NDArray[np.bool_], first: RowNumbers, last: RowNumbers) -> Any:
    """Whether nothing breaks between two positions; `breaks` are those after each position."""
    before = _counts(breaks)
    return before[first] == before[last]


def _counts(flags: npt.NDArray[np.bool_]) -> RowNumbers:
    """How many flags are set before each position, and before the end."""
    return np.concatenate([[0], np.cumsum(flags)])


def _begins(breaks: npt.NDArray[np.bool_], count: int) -> RowNumbers:
    """For each position the first one since a break."""
    runs = np.zeros(count, dtype=np.int64)
    after = np.flatnonzero(breaks) + 1
    runs[after] = after
    return np.maximum.accumulate(runs)


def rows_of_windows(series: Series, starts: RowNumbers) -> RowNumbers:
    """The rows of the table that windows cover: labels and fill values are learned from these."""
    return np.sort(series.order[series.windows.rows(starts)])
