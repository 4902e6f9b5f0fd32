"""Inputs that take the parts of dates and times as numbers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

from modelspec.diagnostics import Findings, join_words
from modelspec.value_classes import value_class

from .columns import Columns


class DatePart(NamedTuple):
    """A part of a date or a time.

    Attributes:
        of: the part of a date.
        first: its least value.
        period: after how many values it begins again; None for one that does not.
        is_time: whether a time without a date has it.
    """

    of: Callable[[datetime], int]
    first: int = 0
    period: int | None = None
    is_time: bool = False


DATE_PARTS = {
    "year": DatePart(lambda at: at.year),
    "quarter": DatePart(lambda at: (at.month + 2) // 3, 1, 4),
    "month": DatePart(lambda at: at.month, 1, 12),
    "week": DatePart(lambda at: at.isocalendar().week, 1, 53),
    "day": DatePart(lambda at: at.day, 1, 31),
    "yearday": DatePart(lambda at: at.timetuple().tm_yday, 1, 366),
    "weekday": DatePart(datetime.weekday, 0, 7),
    "is_weekend": DatePart(lambda at: int(at.weekday() >= 5)),
    "hour": DatePart(lambda at: at.hour, 0, 24, is_time=True),
    "minute": DatePart(lambda at: at.minute, 0, 60, is_time=True),
    "second": DatePart(lambda at: at.second, 0, 60, is_time=True),
}
"""The parts that an input may take, by the name in the spec."""


def moment_of(date: datetime) -> datetime:
    """The moment of a date in UTC, without a zone; a date without one is taken as UTC's."""
    bare = date.replace(tzinfo=None)
    try:
        return bare - (date.utcoffset() or timedelta())
    except OverflowError:  # 9999-12-31, which stands for no end
        return bare


@value_class
class DateOptions:
    """How an input takes dates.

    Attributes:
        parts: which parts, in order.
        cyclic: whether each is its sine and cosine, so that December is beside January.
        form: how dates are written, as for `strptime`; None for the common forms.
    """

    parts: tuple[str, ...]
    cyclic: bool
    form: str | None

    @property
    def values_each(self) -> int:
        """How many numbers become of one date."""
        return len(self.parts) * (2 if self.cyclic else 1)

    @property
    def is_time(self) -> bool:
        """Whether a time without a date has all parts."""
        return all(DATE_PARTS[part].is_time for part in self.parts)


def date_options(columns: Columns) -> DateOptions | None:
    """How an input takes dates; None where it does not."""
    given = columns.options.get("date")
    if given is None:
        return None
    parts = (given,) if isinstance(given, str) else tuple(given)
    options = columns.options
    return DateOptions(parts, bool(options.get("cyclic", False)), options.get("format"))


def check_date_options(columns: Columns, findings: Findings) -> None:
    """Report options of dates without `date`, and parts that no circle has."""
    options = date_options(columns)
    if options is None:
        for key in ("cyclic", "format"):
            if columns.options.get(key):
                message = f"`{key}` is for dates, and the input `{columns.name}` has no `date`"
                hint = "write which parts it takes, such as `date: [month, weekday]`"
                findings.error(columns.place(key), "missing-key", message, hint=hint)
        return
    straight = [part for part in options.parts if DATE_PARTS[part].period is None]
    if options.cyclic and straight:
        shown = join_words(f"`{part}`" for part in straight)
        message = f"{shown} does not begin again and again, so it is on no circle"
        hint = "leave it out, or feed it to a separate input without `cyclic`"
        findings.error(columns.place("cyclic"), "wrong-value", message, hint=hint)
    if options.form is not None and "%" not in options.form:
        message = f'`format` has no field such as %Y, got "{options.form}"'
        hint = 'for example `format: "%d.%m.%Y %H:%M"`, as for Python\'s strptime'
        findings.error(columns.place("format"), "wrong-value", message, hint=hint)
