"""Dates in text, their parts, and the time between two of them: whole columns at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

import numpy as np
import numpy.typing as npt

from modelspec.spec.data import moment_of
from modelspec.tabular import parse_date

from .table import Array, Column
from .values import as_text, distinct_words

Dates = npt.NDArray[np.datetime64]

FEW_WORDS = 200
"""Distinct dates that are parsed one by one; of more, those of ISO are parsed by Arrow."""

NO_DATE = np.datetime64("NaT")


def dates_of_words(
    words: Sequence[str], form: str | None, *, is_time: bool, in_utc: bool = False
) -> Dates:
    """The date of each text, as written, whatever its zone; NaT where it is none.

    Args:
        words: the texts.
        form: as for `strptime`; None for the common forms.
        is_time: whether a time without a date will do.
        in_utc: whether dates with a zone are those of UTC, so that they can be compared.
    """
    if form is None and len(words) > FEW_WORDS:
        found = _iso_dates(words)
        if found is not None:
            return found
    dates = [parse_date(word, form, is_time=is_time) for word in words]
    bare = moment_of if in_utc else _as_written
    plain = [NO_DATE if one is None else np.datetime64(bare(one)) for one in dates]
    return np.asarray(plain, dtype="datetime64[us]")


def _as_written(date: datetime) -> datetime:
    return date.replace(tzinfo=None)


def _iso_dates(words: Sequence[str]) -> Dates | None:
    """The dates where all have the form of ISO without a zone, or are empty; else None."""
    import pyarrow as pa

    text = pa.array([word or None for word in words], pa.string())
    try:
        dates: Dates = text.cast(pa.timestamp("us")).to_numpy(zero_copy_only=False)
    except pa.ArrowInvalid:
        return None
    return dates.astype("datetime64[us]")


Places = npt.NDArray[np.int64] | None
"""For each row, the index of its date; None for a date for each row."""


class ReadDates:
    """The dates of some columns, which several derived columns are made of: each read once."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, str | None, bool, bool], tuple[Column, Dates, Places]] = {}

    def of(
        self, column: Column, form: str | None, *, is_time: bool, in_utc: bool = False
    ) -> tuple[Dates, Places]:
        """The dates of a column, NaT where there is none, and where each row's is."""
        key = id(column), form, is_time, in_utc
        if key not in self._known:  # the column is kept, so that no other one gets its id
            self._known[key] = column, *_read(column, form, is_time=is_time, in_utc=in_utc)
        return self._known[key][1:]

    def moments(self, column: Column, form: str | None) -> Dates:
        """The moment of each row in UTC [rows]; NaT where it is missing, or is no date."""
        dates, places = self.of(column, form, is_time=False, in_utc=True)
        dates = dates if places is None else dates[places]
        return np.where(column.missing, NO_DATE, dates) if column.missing.any() else dates


def _read(column: Column, form: str | None, *, is_time: bool, in_utc: bool) -> tuple[Dates, Places]:
    if column.words is not None and column.codes is not None:  # fewer dates than rows
        dates = dates_of_words(column.words, form, is_time=is_time, in_utc=in_utc)
        return dates, column.codes
    if form is None and len(column.missing) > FEW_WORDS and column.values.dtype == object:
        found = _iso_dates(as_text(column).tolist())
        if found is not None:
            return found, None
    words, positions = distinct_words(column)
    return dates_of_words(words, form, is_time=is_time, in_utc=in_utc), positions


def _since(dates: Dates, unit: str, of: str) -> Array:
    """How many whole units have passed since the greater unit began."""
    passed = dates.astype(f"datetime64[{unit}]") - dates.astype(f"datetime64[{of}]")
    found: Array = passed.astype(int)
    return found


def _months(dates: Dates) -> Array:
    return _since(dates, "M", "Y")


def _weekdays(dates: Dates) -> Array:
    days: Array = dates.astype("datetime64[D]").astype(int)
    return (days + 3) % 7  # 1970 began on a Thursday


def _weeks(dates: Dates) -> Array:
    days = dates.astype("datetime64[D]")
    thursdays = days + (3 - _weekdays(dates))  # which tell to which year a week belongs
    return _since(thursdays, "D", "Y") // 7 + 1


PARTS: dict[str, Callable[[Dates], Array]] = {
    "year": lambda dates: dates.astype("datetime64[Y]").astype(int) + 1970,
    "quarter": lambda dates: _months(dates) // 3 + 1,
    "month": lambda dates: _months(dates) + 1,
    "week": _weeks,
    "day": lambda dates: _since(dates, "D", "M") + 1,
    "yearday": lambda dates: _since(dates, "D", "Y") + 1,
    "weekday": _weekdays,
    "is_weekend": lambda dates: _weekdays(dates) >= 5,
    "hour": lambda dates: _since(dates, "h", "D"),
    "minute": lambda dates: _since(dates, "m", "h"),
    "second": lambda dates: _since(dates, "s", "m"),
}
"""The parts of dates, by the name in the spec; `spec.data.DATE_PARTS` has those of one date."""


def date_part(
    column: Column, part: str, form: str | None, known: ReadDates, *, is_time: bool
) -> Array:
    """A part of the date of each row: float64 [rows], NaN where there is no date."""
    dates, positions = known.of(column, form, is_time=is_time)
    bad = np.isnat(dates)
    values = PARTS[part](np.where(bad, np.datetime64(0, "us"), dates)).astype(np.float64)
    values[bad] = np.nan
    if positions is not None:
        values = values[positions]
    values[column.missing] = np.nan
    return values
