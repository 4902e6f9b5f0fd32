"""Dates and times in text: what is read as one. Needs no numpy."""

from __future__ import annotations

import re
from datetime import datetime, time

_CLOCK = r"(?:[ T]\d\d?:\d\d(?::\d\d)?(?:\.\d+)?(?: ?[AaPp][Mm])?)?"
_DAY_OR_MONTH_FIRST = re.compile(rf"\d\d?[/-]\d\d?[/-]\d{{4}}{_CLOCK}\Z")
_HALF_DAY = re.compile(r"(.*\d) ?([AaPp][Mm])\Z")
"""A time with AM or PM."""

_CLOCKS = ("", " %H:%M", " %H:%M:%S")
_HALF_DAY_CLOCKS = ("", " %I:%M %p", " %I:%M:%S %p")
"""By the number of colons."""


def parse_date(text: str, form: str | None, *, is_time: bool = False) -> datetime | None:
    """A date in a form, or in ISO's or another common form in which no day can be a month.

    Args:
        text: the date.
        form: as for `strptime`; None for the common forms.
        is_time: whether a time without a date will do.

    Returns:
        The date and time as written, whatever its zone; None where it is none.
    """
    text = text.strip()
    if form is not None:
        return _parsed(text, form)
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        pass
    if is_time:
        try:
            return datetime.combine(datetime(2000, 1, 1), time.fromisoformat(text))
        except ValueError:
            pass
    if half := _HALF_DAY.match(text):
        text = " ".join(half.groups())
        if is_time and " " not in half[1]:
            text = f"2000-01-01 {text}"
    forms = _forms_like(text)
    return next((found for form in forms if (found := _parsed(text, form)) is not None), None)


def _forms_like(text: str) -> list[str]:
    """The common forms that text may have, in which no day can be taken for a month.

    They are few: Python compiles a form anew where it has met five others since.
    """
    half = _HALF_DAY.match(text)
    day, clocks = (half[1], _HALF_DAY_CLOCKS) if half else (text, _CLOCKS)
    colons = text.count(":")
    if colons >= len(clocks):
        return []
    if "/" in day:
        days = ["%Y/%m/%d"]
    elif any(map(str.isalpha, day)):
        days = ["%b %d, %Y", "%B %d, %Y"] if "," in day else ["%d %b %Y", "%d %B %Y"]
    elif half and "-" in day:  # with 24 hours it is ISO's
        days = ["%Y-%m-%d"]
    else:
        days = ["%d.%m.%Y", "%Y.%m.%d"]
    is_fraction = colons == 2 and not half and "." in day.rpartition(":")[2]
    return [f"{day}{clocks[colons]}{'.%f' * is_fraction}" for day in days]


def _parsed(text: str, form: str) -> datetime | None:
    try:
        return datetime.strptime(text, form)
    except ValueError:
        return None


def part_hint(column: str) -> str:
    """How a spec makes a number of a column of dates."""
    made = f"{column}_month"
    return (
        f"take part of the date in its place: `{made}`, of"
        f" `derive: {{{made}: {{date: {column}, part: month}}}}`"
    )


def date_hint(text: str, form: str | None) -> str:
    """What to do about text that is no date."""
    if form is not None:
        return f'fix the value, or the `format` "{form}"'
    if _DAY_OR_MONTH_FIRST.match(text.strip()):
        mark = "/" if "/" in text else "-"
        clock = (_HALF_DAY_CLOCKS if _HALF_DAY.match(text.strip()) else _CLOCKS)[text.count(":")]
        clock = clock.replace(" ", "T", 1) if "T" in text else clock
        first, second = (mark.join((*pair, "%Y")) + clock for pair in (("%m", "%d"), ("%d", "%m")))
        return f'day or month first? write `format: "{first}"` or `format: "{second}"`'
    return 'fix the value, or write its `format`, such as `format: "%d.%m.%y %H:%M"`'
