"""The times of a series beyond its last row, written as its own are."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from modelspec.data.table import Array
from modelspec.spec.data import unit_of
from modelspec.tabular import parse_date

MONTHS = {"month": 1, "year": 12}
"""How many months the units have whose days differ."""

FORMS = (
    "%Y-%m-%d",
    "%Y-%m-%d %H:%M",
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%dT%H:%M",
    "%Y-%m-%dT%H:%M:%S",
    "%Y%m%d",
    "%Y%m",
    "%d.%m.%Y",
    "%d.%m.%Y %H:%M",
    "%d.%m.%Y %H:%M:%S",
    "%Y/%m/%d",
    "%Y/%m/%d %H:%M",
    "%Y.%m.%d",
    "%d %b %Y",
    "%b %d, %Y",
)
"""How times are written, the most common first."""


def later_times(known: Array, counts: Sequence[int], every: str | float) -> list[Any]:
    """The times some steps after the last one.

    Args:
        known: the last times of a series: numbers, dates of numpy, or text.
        counts: how many steps after the last one each of them is.
        every: the step, as the option is written.

    Returns:
        Values of the same type, in the same form.
    """
    if not isinstance(every, str):
        return [known[-1] + known.dtype.type(count * every) for count in counts]
    size, unit = unit_of(every)
    dates = [_date_of(one) for one in known.tolist()]
    if unit in MONTHS:
        day = max(date.day for date in dates)
        made = [
            _months_later(dates[-1], round(count * size * MONTHS[unit]), day) for count in counts
        ]
    else:
        step = timedelta(**{f"{unit}s": size})
        made = [dates[-1] + count * step for count in counts]
    if known.dtype.kind == "M":
        return [np.datetime64(date.replace(tzinfo=None)).astype(known.dtype) for date in made]
    last = str(known[-1].item() if known.dtype.kind in "iuf" else known[-1])
    form = _form_of(last.removesuffix(".0"), dates[-1])
    texts = [date.isoformat() if form is None else date.strftime(form) for date in made]
    return [known.dtype.type(text) for text in texts] if known.dtype.kind in "iuf" else texts


def _date_of(value: Any) -> datetime:
    if isinstance(value, datetime):
        return value
    if isinstance(value, (int, float)):
        text = str(int(value))
        found = parse_date(text, "%Y%m" if len(text) == len("202401") else "%Y%m%d")
    else:
        found = parse_date(str(value), None)
    assert found is not None  # the steps were found of these
    return found


def _months_later(date: datetime, months: int, day: int) -> datetime:
    """The same day so many months later, or the last one of a shorter month."""
    year, month = divmod(date.year * 12 + date.month - 1 + months, 12)
    return date.replace(year=year, month=month + 1, day=min(day, monthrange(year, month + 1)[1]))


def _form_of(text: str, date: datetime) -> str | None:
    return next((form for form in FORMS if date.strftime(form) == text), None)
