"""Windows over the rows of a table: which there are, and which split each belongs to.

Splits of a series are cut by time. A window lies in one split with all of its rows, those of its
targets included, so that nothing that is measured was seen in training.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from modelspec.data.table import Array, Table, as_text
from modelspec.diagnostics import Findings
from modelspec.spec.data import Source

RowNumbers = npt.NDArray[np.int64]

TRAIN, VALIDATION, TEST = "train", "validation", "test"
PARTS = (TRAIN, VALIDATION, TEST)


@dataclass(frozen=True, slots=True)
class WindowOptions:
    """How rows become examples: `window` rows in, `horizon` rows out, `gap` rows between.

    Attributes:
        window: rows that an input sees.
        gap: rows between the last of these and the first target.
        horizon: rows of targets.
        stride: rows between the starts of two windows.
    """

    window: int
    gap: int
    horizon: int
    stride: int

    @property
    def ahead(self) -> int:
        """Rows from the start of a window to its first target."""
        return self.window + self.gap

    def span(self, *, with_targets: bool) -> int:
        """Rows from the start of a window to its end."""
        return self.ahead + self.horizon if with_targets else self.window

    def rows(self, starts: RowNumbers) -> RowNumbers:
        """All places in the series that windows take, targets included, each once, sorted."""
        inputs = starts[:, np.newaxis] + np.arange(self.window)
        targets = starts[:, np.newaxis] + self.ahead + np.arange(self.horizon)
        return np.unique(np.concatenate([inputs.ravel(), targets.ravel()]))


def window_options(source: Source) -> WindowOptions | None:
    """The windows of a source; None where it has none."""
    if source.kind != "timeseries":
        return None
    given = source.options
    return WindowOptions(given["window"], given["gap"], given["horizon"], given["stride"])


@dataclass(frozen=True, slots=True)
class Series:
    """The rows of a table as series, one after the other.

    Attributes:
        order: for each place its row in the table; rows of one group follow one another.
        groups: for each place the number of its group, ascending.
        times: for each place its time, numbers or text; None where the source names none.
        usable: for each place whether no rule drops its row.
        windows: what an example is.
    """

    order: RowNumbers
    groups: RowNumbers
    times: Array | None
    usable: npt.NDArray[np.bool_]
    windows: WindowOptions


def order_series(
    table: Table, kept: RowNumbers, source: Source, findings: Findings
) -> Series | None:
    """The series of a table; None for a source that has none.

    Args:
        table: with the columns of `group` and `time`, where the source has them.
        kept: the rows that no rule drops.
        source: the options.
        findings: takes times that go back.
    """
    windows = window_options(source)
    if windows is None:
        return None
    groups: RowNumbers = np.zeros(table.rows, dtype=np.int64)
    if "group" in source.options:
        words = as_text(table.columns[source.options["group"]]).astype(str)
        groups = np.unique(words, return_inverse=True)[1].astype(np.int64)
    order: RowNumbers = np.argsort(groups, kind="stable")
    times = None
    if "time" in source.options:
        values = table.columns[source.options["time"]].values
        times = (values.astype(str) if values.dtype == object else values)[order]
    usable = np.zeros(table.rows, dtype=np.bool_)
    usable[kept] = True
    series = Series(order, groups[order], times, usable[order], windows)
    _check_times(series, table, source, findings)
    return series


def _check_times(series: Series, table: Table, source: Source, findings: Findings) -> None:
    if series.times is None:
        return
    same = series.groups[1:] == series.groups[:-1]
    back = same & (series.times[1:] < series.times[:-1])
    if back.any():
        place = int(np.argmax(back)) + 1
        before, here = (table.locate(int(series.order[i])) for i in (place - 1, place))
        name = source.options["time"]
        message = (
            f"`{name}` goes back from {series.times[place - 1]} ({before})"
            f" to {series.times[place]} ({here})"
        )
        hint = "sort the rows by time; text such as 2024-05-31 sorts as it should"
        findings.error(source.place("time"), "unsorted-time", message, hint=hint)


def split_windows(
    series: Series, shares: tuple[float, float], *, with_targets: bool = True
) -> dict[str, RowNumbers]:
    """Split to the starts of its windows, as places in the series.

    Args:
        series: the rows.
        shares: of validation and of test, 0 for none.
        with_targets: whether a window needs the rows of its targets.
    """
    parts = _parts(series, shares)
    starts = _starts(series, parts, with_targets=with_targets)
    wanted = [name for name, share in zip(PARTS, (1, *shares), strict=True) if share]
    return {name: starts[parts[starts] == PARTS.index(name)] for name in wanted}


def _parts(series: Series, shares: tuple[float, float]) -> RowNumbers:
    """For each place 0, 1 or 2: train, validation, test, in the order of time.

    With times, all groups are cut at the same time; else each group at the same share.
    """
    count = len(series.order)
    edges = 1 - shares[0] - shares[1], 1 - shares[1]
    if series.times is not None:
        ordered = np.sort(series.times)
        cuts = [ordered[min(round(edge * count), count - 1)] for edge in edges]
        late = [
            series.times >= cut if edge < 1 else np.zeros(count, dtype=np.bool_)
            for cut, edge in zip(cuts, edges, strict=True)
        ]
        return np.asarray(late[0], dtype=np.int64) + np.asarray(late[1], dtype=np.int64)
    _, first, sizes = np.unique(series.groups, return_index=True, return_counts=True)
    place = np.arange(count) - first[series.groups]
    limits = [np.round(edge * sizes)[series.groups] for edge in edges]
    return (place >= limits[0]).astype(np.int64) + (place >= limits[1])


def _starts(series: Series, parts: RowNumbers, *, with_targets: bool) -> RowNumbers:
    """Where a window begins that lies in one group and one part, with usable rows alone."""
    windows = series.windows
    count, span = len(series.order), windows.span(with_targets=with_targets)
    if count < span:
        return np.zeros(0, dtype=np.int64)
    starts = np.arange(count - span + 1)
    ends = starts + span - 1
    whole = (series.groups[starts] == series.groups[ends]) & (parts[starts] == parts[ends])
    bad = np.concatenate([[0], np.cumsum(~series.usable)])
    whole &= bad[starts + windows.window] == bad[starts]
    if with_targets:
        first = starts + windows.ahead
        whole &= bad[first + windows.horizon] == bad[first]
    changes = np.flatnonzero(np.diff(series.groups) | np.diff(parts)) + 1
    runs = np.zeros(count, dtype=np.int64)
    runs[changes] = changes
    begins = np.maximum.accumulate(runs)[starts]
    found: RowNumbers = starts[whole & ((starts - begins) % windows.stride == 0)]
    return found


def rows_of_windows(series: Series, starts: RowNumbers) -> RowNumbers:
    """The rows of a table that windows take: what is learned is learned from these."""
    return np.sort(series.order[series.windows.rows(starts)])
