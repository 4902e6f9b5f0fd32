"""Dates and times in text: what is read as one. Needs no numpy."""

from __future__ import annotations

import re
from datetime import datetime, time

_CLOCK = r"(?:[ T]\d\d?:\d\d(?::\d\d)?(?:\.\d+)?)?"
_DAY_OR_MONTH_FIRST = re.compile(rf"\d\d?[/-]\d\d?[/-]\d{{4}}{_CLOCK}\Z")

_DAYS = ("%d.%m.%Y", "%Y/%m/%d", "%Y.%m.%d", "%d %b %Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y")
_CLOCKS = ("", " %H:%M", " %H:%M:%S", " %H:%M:%S.%f")
_FORMS = tuple(f"{day}{clock}" for day in _DAYS for clock in _CLOCKS)
"""Common forms in which no day can be taken for a month."""


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
    return next((found for form in _FORMS if (found := _parsed(text, form)) is not None), None)


def _parsed(text: str, form: str) -> datetime | None:
    try:
        return datetime.strptime(text, form)
    except ValueError:
        return None


def date_hint(text: str, form: str | None) -> str:
    """What to do about text that is no date."""
    if form is not None:
        return f'fix the value, or the `format` "{form}"'
    if _DAY_OR_MONTH_FIRST.match(text.strip()):
        mark = "/" if "/" in text else "-"
        clock = " %H:%M" * (":" in text)
        first, second = (mark.join((*pair, "%Y")) + clock for pair in (("%m", "%d"), ("%d", "%m")))
        return f'day or month first? write `format: "{first}"` or `format: "{second}"`'
    return 'fix the value, or write its `format`, such as `format: "%d.%m.%y %H:%M"`'
