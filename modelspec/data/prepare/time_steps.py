"""The steps of the time of a series: where rows are missing, the series has a hole.

Rows that lie a hole apart do not follow one another, so no window may take both.
"""

from __future__ import annotations

from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from modelspec.data.table import Array, RowNumbers
from modelspec.diagnostics import Findings
from modelspec.spec.data import ANY_STEP, Source, moment_of, step_of, step_text, usual_season
from modelspec.tabular import parse_date

from .value_errors import RowLocator

FEWEST_STEPS = 3
"""TimeSteps without which nothing is said of them."""

REGULAR_SHARE = 0.9
"""The share of equal steps from which on others are holes."""

LEAST, MOST = 0.5, 1.5
"""A step, as a multiple of the usual one: months and late clocks are no holes."""

WRITTEN = {"%Y%m": (1800_00, 2200_00), "%Y%m%d": (1800_00_00, 2200_00_00)}
"""The forms of dates that are written as numbers, 202405 or 20240531, and where these lie."""

Numbers = npt.NDArray[np.float64]
Places = npt.NDArray[np.bool_]


class ReadTimes(NamedTuple):
    """Times as numbers.

    Attributes:
        numbers: [rows] NaN for rows that a rule drops.
        are_dates: whether they are seconds; of dates with a zone those of UTC.
    """

    numbers: Numbers
    are_dates: bool


class OrderedTimes(Protocol):
    """The rows of a series in order."""

    @property
    def order(self) -> RowNumbers:
        """The row in the table."""
        ...

    @property
    def groups(self) -> RowNumbers:
        """The number of the group, ascending."""
        ...

    @property
    def times(self) -> Array | None:
        """The time of each row."""
        ...

    @property
    def read(self) -> ReadTimes | None:
        """The times as numbers; None where they are neither numbers nor known dates."""
        ...


class TimeSteps(NamedTuple):
    """How far each row lies behind the one before it.

    Attributes:
        sizes: [rows - 1] in seconds, or in the unit of the numbers; NaN where another group begins.
        are_dates: whether they are seconds.
    """

    sizes: Numbers
    are_dates: bool

    @property
    def known(self) -> Numbers:
        """Those within a group."""
        return self.sizes[~np.isnan(self.sizes)]

    @property
    def usual(self) -> float | None:
        """The median of those that are not 0; None where there are too few."""
        moving = self.known[self.known > 0]
        enough = len(moving) >= FEWEST_STEPS
        return float(np.quantile(moving, 0.5, method="lower")) if enough else None

    def share(self, step: float) -> float:
        """The share of the steps that are about as long as `step`."""
        ratio = self.known / step
        return float(np.mean((ratio >= LEAST) & (ratio <= MOST))) if len(ratio) else 1.0


def find_step(
    series: OrderedTimes, table: RowLocator, source: Source, findings: Findings
) -> float | None:
    """The step between rows that windows keep to; None where they take rows as they come.

    Args:
        series: the rows of the training table.
        table: knows where these came from.
        source: its option `every` says the step; without it, most steps do.
        findings: takes steps that are not those of `every`, and warnings for steps that differ.
    """
    given = source.options.get("every")
    if given == ANY_STEP or series.times is None:
        return None
    steps = _steps_of(series)
    if given is not None:
        if steps is not None and (steps.sizes == 0).any():
            StepReport(series, table, source, findings).repeated(steps)
        return _given_step(given, steps, source, findings)
    usual = None if steps is None else steps.usual
    if steps is None or usual is None:
        return None
    report = StepReport(series, table, source, findings)
    if (steps.sizes == 0).any():
        report.repeated(steps)
        return None
    if steps.share(usual) >= REGULAR_SHARE:
        return usual
    report.irregular(steps, usual)
    return None


def break_at_holes(
    series: OrderedTimes,
    step: float,
    table: RowLocator,
    source: Source,
    findings: Findings,
) -> RowNumbers:
    """The groups of the rows, with a new one behind each hole.

    Args:
        series: the rows.
        step: the usual step, see `find_step`.
        table: knows where rows came from.
        source: with `every`, holes are expected; without it, they get a warning.
        findings: takes the warning.
    """
    steps = _steps_of(series)
    if steps is None:
        return series.groups
    is_hole = steps.sizes > MOST * step
    if is_hole.any() and "every" not in source.options:
        StepReport(series, table, source, findings).holes(steps, step)
    changes = is_hole | (np.diff(series.groups) != 0)
    return np.concatenate([[0], np.cumsum(changes)]).astype(np.int64)


def _steps_of(series: OrderedTimes) -> TimeSteps | None:
    """The steps of the times; None where these are neither numbers nor known dates."""
    if series.read is None or len(series.read.numbers) == 0:
        return None
    sizes = np.diff(series.read.numbers)
    sizes[np.diff(series.groups) != 0] = np.nan
    return TimeSteps(sizes, series.read.are_dates)


def read_times(times: Array, usable: Places) -> ReadTimes | None:
    """Times as numbers; None where they are neither numbers nor known dates.

    Args:
        times: numbers, dates or text [rows].
        usable: whether no rule drops the row [rows].
    """
    if times.dtype.kind == "M":
        numbers = times.astype("datetime64[ms]").astype(np.float64) / 1000
        numbers[np.isnat(times)] = np.nan
        return ReadTimes(numbers, True)
    if times.dtype.kind in "iuf":
        return _numbers_or_dates(times.astype(np.float64))
    if times.dtype.kind != "U":
        return None
    words, positions = np.unique(times, return_inverse=True)
    needed = np.zeros(len(words), dtype=np.bool_)
    needed[positions[usable]] = True
    seconds = np.full(len(words), np.nan)
    for index in np.flatnonzero(needed).tolist():
        at = parse_date(str(words[index]), None)
        if at is None:
            return None
        seconds[index] = np.datetime64(moment_of(at), "ms").astype(np.float64) / 1000
    return ReadTimes(seconds[positions], True)


def _numbers_or_dates(numbers: Numbers) -> ReadTimes:
    """Numbers as they are, but dates that are written as numbers in seconds."""
    known = np.unique(numbers[~np.isnan(numbers)])
    if not len(known) or (known % 1).any():
        return ReadTimes(numbers, False)
    forms = (f for f, (low, high) in WRITTEN.items() if low <= known[0] <= known[-1] < high)
    form = next(forms, "")
    dates = [parse_date(str(int(one)), form) for one in known] if form else [None]
    if None in dates:
        return ReadTimes(numbers, False)
    seconds = np.append(np.asarray(dates, "datetime64[s]").astype(np.float64), np.nan)
    return ReadTimes(seconds[np.searchsorted(known, numbers)], True)


def _given_step(
    given: str | float, steps: TimeSteps | None, source: Source, findings: Findings
) -> float | None:
    """The step that `every` says; None with a finding where the times do not have it."""
    name, span = source.options["time"], source.place("every")
    step = step_of(given)
    if step is None:  # reported with the section
        return None
    if steps is None:
        message = f"`every` is {given}, but `{name}` is neither a number nor a date in a known form"
        hint = "write times such as 2024-05-31 or 2024-05-31 18:30"
        findings.error(source.place("time"), "time-steps", message, hint=hint)
        return None
    if steps.are_dates != isinstance(given, str):
        held = "dates" if steps.are_dates else "numbers"
        message = f"`every` is {given}, but `{name}` holds {held}"
        hint = f"write every: {step_text(steps.usual or step, steps.are_dates)}"
        findings.error(span, "time-steps", message, hint=hint)
        return None
    usual = steps.usual
    if usual is not None and steps.share(step) < LEAST:
        shown = step_text(usual, steps.are_dates)
        message = f"`every` is {given}, but most steps of `{name}` are about {shown}"
        hint = f"write every: {shown}, or every: any if windows may take rows as they come"
        findings.error(span, "time-steps", message, hint=hint)
        return None
    return step


class StepReport(NamedTuple):
    """Reports the steps of one series.

    Attributes:
        series: the rows.
        table: knows where these came from.
        source: has the options.
        findings: takes warnings.
    """

    series: OrderedTimes
    table: RowLocator
    source: Source
    findings: Findings

    def holes(self, steps: TimeSteps, step: float) -> None:
        """Warn of the steps that are longer than the usual one."""
        shown = step_text(step, steps.are_dates)
        times, rows, more = self._places(steps.sizes > MOST * step)
        message = (
            f"`{self._name}` has steps of {shown}, but goes from {times[0]} ({rows[0]}) to"
            f" {times[1]} ({rows[1]}){more}; no window crosses these holes"
        )
        hint = f"write every: {shown} if this is meant, or every: any to let windows cross"
        self._warn(message, hint)

    def repeated(self, steps: TimeSteps) -> None:
        """Warn of times that come twice."""
        times, rows, more = self._places(steps.sizes == 0)
        message = f"`{self._name}` is {times[0]} in {rows[0]} and again in {rows[1]}{more}"
        hint = "if these are several series, write `group: COLUMN` so that no window mixes them"
        if "group" in self.source.options:
            hint = "a series has one row at a time: remove the others, or write every: any"
        self._warn(message, hint)

    def irregular(self, steps: TimeSteps, usual: float) -> None:
        """Warn of steps of many lengths."""
        shown = step_text(usual, steps.are_dates)
        message = (
            f"only {steps.share(usual):.0%} of the steps of `{self._name}` are about {shown},"
            " and windows take rows as they come"
        )
        hint = f"write every: any if this is meant, or every: {shown} to end windows at holes"
        self._warn(message, hint)

    @property
    def _name(self) -> str:
        return str(self.source.options["time"])

    def _warn(self, message: str, hint: str) -> None:
        self.findings.warning(self.source.place("time"), "time-steps", message, hint=hint)

    def _places(self, where: Places) -> tuple[list[str], list[str], str]:
        """The times and the rows around the first such step, and how many more there are."""
        assert self.series.times is not None
        later = int(np.argmax(where)) + 1
        rows = [self.table.locate(int(self.series.order[i])) for i in (later - 1, later)]
        more = int(where.sum()) - 1
        rest = f", and in {more} more place{'s' * (more > 1)}" if more else ""
        return [str(self.series.times[i]) for i in (later - 1, later)], rows, rest


def season_of(series: OrderedTimes, step: float | None, source: Source) -> int | None:
    """After how many rows the course of a series repeats; None where that is not known."""
    given = source.options.get("season")
    if given is not None:
        return int(given)
    steps = None if series.times is None or step is None else _steps_of(series)
    if step is None or steps is None or not steps.are_dates:
        return None
    return usual_season(step)
