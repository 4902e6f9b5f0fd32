"""What each column becomes: a number, a category, text, or nothing; and why."""

from __future__ import annotations

import math
import re
import string
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from .profile import MOST_VALUES, ColumnProfile
from .splits import date_form, is_epoch

NUMBER, ONE_HOT, EMBEDDING, TEXT, LEFT_OUT = "number", "one-hot", "vector", "text", "out"
DATE, EPOCH, LIST = "date", "epoch", "list"

FEW = 20
"""Up to this many categories are one-hot encoded; more get an embedding."""

FEW_WHOLE = 5
"""Up to this many distinct whole numbers are treated as categories."""

ROWS_A_CLASS = 5
"""With fewer rows on average, nothing can be learned about a category."""

MOST_MISSING = 0.9
DAY = 86_400

TRAINING_SHARE = 0.65
"""Of rows that are split by time, those that certainly train: the earliest."""

YEAR, WEEK, HALF_DAY = 360.0, 6.0, 0.5
"""Days that training rows must span, so that they have met every month, weekday or hour."""

FEWEST_DAYS = 10
"""Different dates from which on it can be told what goes up or down with time."""

CODE = re.compile(
    r"(?:^|[\s_.-])(?:id|zip|zip.?code|postcode|postal.?code|plz)\Z|[a-z]I[dD]\Z", re.IGNORECASE
)
UNIQUE_NAME = re.compile(
    r"(?:^|[\s_.-])(?:id|uuid|guid|index|key|nr|number|ref|reference|rownames)\Z|[a-z]I[dD]\Z",
    re.IGNORECASE,
)

TIME = re.compile(r"[0-9]{1,2}:")
"""How a time without a date begins."""

LONG_TAIL, TAIL_RATIO, FEWEST_OF_TAIL = 1.5, 2.0, 20
"""What a long tail is: the least skewness; how many times as far the value above which a twentieth
of the rows is lies from the middle as the one below; and how many different values tell it."""

MOST_LISTED, MOST_LIST_WORDS = 200, 3
"""Different values of lists, and words in one."""


@dataclass(frozen=True, slots=True)
class Role:
    """What one column becomes.

    Attributes:
        column: what it holds.
        kind: one of the constants of this module.
        why: half a sentence for the spec's comment.
        vocabulary: for text, how many words occur in at least two rows; for lists, how many
            different values they have.
        parts: for dates, the parts in which they differ.
        separator: what is between the values of a list.
        length: of the longest list.
        form: of dates that are not in a common one.
        since: the first date of the rows that train, in ISO form, where a number of days from then
            on is an input, too; "" for none.
        takes_log: whether the logarithm of these numbers takes their place.
    """

    column: ColumnProfile
    kind: str
    why: str
    vocabulary: int = 0
    parts: tuple[str, ...] = ()
    separator: str = ""
    length: int = 0
    form: str = ""
    since: str = ""
    takes_log: bool = False


def choose_role(column: ColumnProfile, target: ColumnProfile, *, is_split_by: bool = False) -> Role:
    """What an input column becomes.

    Args:
        column: what it holds.
        target: the column that the model predicts.
        is_split_by: whether the rows are split by this column, the latest for validation and test.
    """
    reason = _find_no_information(column) or _find_no_use(column, target)
    if reason:
        return Role(column, LEFT_OUT, reason)
    if column.is_truth and not column.missing:
        return Role(column, NUMBER, "true or false, as 1 or 0")
    if is_epoch(column) and not column.missing:
        why = "seconds since 1970: the hour, the weekday, and how far on in time it is"
        return Role(column, EPOCH, why, parts=("hour", "weekday"))
    if is_code(column):
        return _text(column)
    if column.is_number:
        return _number(column)
    if column.is_date:
        return date_role(column, is_split_by=is_split_by)
    if hint := _number_with_sign(column):
        return Role(column, LEFT_OUT, hint)
    return list_role(column) or _text(column)


def _number_with_sign(column: ColumnProfile) -> str:
    """What to do about amounts such as $800 and shares such as 12%; "" for other text."""
    from modelspec.tabular import CommaEvidence, number_hint

    if not all(text[0] in CURRENCIES or text[-1] in CURRENCIES + "%" for text in column.counts):
        return ""
    first = next(iter(column.counts))
    hint = number_hint(first, CommaEvidence())
    return f'text such as "{first}"; {hint}' if hint else ""


CURRENCIES = "$€£¥"


def date_role(column: ColumnProfile, *, is_split_by: bool = False) -> Role:
    """Dates become the parts in which they differ, and a number of days.

    Where the rows are split by them, all is judged by the rows that train: a month that these have
    not met says nothing, and days that lead too far ahead would say anything.
    """
    from modelspec.tabular import parse_date

    form = ""
    found = [parse_date(text, None, is_time=True) for text in column.counts]
    if None in found:
        form = date_form(list(column.counts)) or ""
        found = [parse_date(text, form, is_time=True) for text in column.counts] if form else []
    if not found:
        why = (
            "dates that can be taken for others; an input with `date` and their `format` reads them"
        )
        return Role(column, LEFT_OUT, why)
    rows = zip((date for date in found if date is not None), column.counts.values(), strict=True)
    ordered = sorted((date.replace(tzinfo=None), times) for date, times in rows)
    trained = _earliest(ordered, TRAINING_SHARE) if is_split_by else [date for date, _ in ordered]
    span, whole = _days(trained[0], trained[-1]), _days(trained[0], ordered[-1][0])
    has_days = not all(map(TIME.match, column.counts))
    values = {
        "month": ({date.month for date in trained}, has_days and (span >= YEAR or not is_split_by)),
        "weekday": ({date.weekday() for date in trained}, has_days and span >= WEEK),
        "hour": ({date.hour for date in trained}, span >= HALF_DAY),
    }
    parts = tuple(part for part, (all_, met) in values.items() if met and len(all_) > 1)
    goes_on = (
        has_days and len({date.date() for date in trained}) >= FEWEST_DAYS and whole <= 2 * span
    )
    if not parts and not goes_on:
        return Role(column, LEFT_OUT, "its dates differ in neither month nor weekday nor hour")
    since = trained[0].date().isoformat() if goes_on else ""
    return Role(column, DATE, "", parts=parts, form=form, since=since)


def _earliest(ordered: Sequence[tuple[datetime, int]], share: float) -> list[datetime]:
    """The dates of this share of the rows, given with how often each occurs."""
    left = share * sum(times for _, times in ordered)
    found: list[datetime] = []
    for date, times in ordered:
        if found and left <= 0:
            break
        found.append(date)
        left -= times
    return found


def _days(first: datetime, last: datetime) -> float:
    return (last - first).total_seconds() / DAY


def list_role(column: ColumnProfile) -> Role | None:
    """Text that is a list of values which recur, such as `drama|comedy`; None for other text."""
    for mark in ("|", ";", ","):
        lists = [[part.strip() for part in text.split(mark)] for text in column.counts]
        known = Counter(part for parts in lists for part in parts)
        many = sum(len(parts) > 1 for parts in lists)
        recur = len(known) * ROWS_A_CLASS <= known.total()
        are_short = all(part and len(part.split()) <= MOST_LIST_WORDS for part in known)
        if many * 2 > len(lists) and recur and are_short and len(known) <= MOST_LISTED:
            why = f"lists of {len(known)} different values, of which each is there or not"
            longest = max(map(len, lists))
            return Role(column, LIST, why, len(known), separator=mark, length=longest)
    return None


def label_mark(target: ColumnProfile) -> str:
    """What separates the labels where each value of a target is a list of some; "" for none.

    Several such lists are made of fewer labels than there are lists.
    """
    for mark in ("|", ";", ","):
        lists = [[part.strip() for part in text.split(mark)] for text in target.counts]
        known = {part for parts in lists for part in parts}
        many = sum(len(parts) > 1 for parts in lists)
        are_short = all(part and len(part.split()) <= MOST_LIST_WORDS for part in known)
        if many > 1 and len(known) < len(lists) and are_short:
            return mark
    return ""


def _find_no_information(column: ColumnProfile) -> str:
    """Why a column has no information, or ""."""
    if column.opaque:
        return f"{column.opaque}, which is neither numbers nor text nor dates"
    if column.present == 0:
        return "no row has a value"
    if column.distinct == 1 and not column.missing:
        return f'every row has the same value, "{_short(next(iter(column.counts)))}"'
    if column.missing > MOST_MISSING * column.rows:
        return f"{column.missing} of {column.rows} rows have no value"
    return ""


def _find_no_use(column: ColumnProfile, target: ColumnProfile) -> str:
    """Why a column's values would mislead, or are of no use as they are, or ""."""
    if column.is_infinite:
        return "some of its numbers are infinite; fix the file to use it"
    if _is_id(column):
        return "every row has a distinct value: it identifies the row"
    if _is_target(column, target):
        return f"it is `{target.name}` under another name: it would give the target away"
    return ""


def is_code(column: ColumnProfile) -> bool:
    """Whether whole numbers are names of things: by a leading zero, or by what they are called."""
    if not column.is_whole or column.file_type:
        return False
    return column.is_code or (column.distinct > FEW_WHOLE and bool(CODE.search(column.name)))


def _is_beyond_float32(column: ColumnProfile) -> bool:
    """Whether a model, which computes in float32, cannot tell the numbers apart or square them."""
    if column.distinct < 2:
        return False
    largest = max(abs(float(value)) for value in column.counts)
    return largest > LARGEST or column.deviation < largest * 2**-23


LARGEST = 1e18


def _is_id(column: ColumnProfile) -> bool:
    if column.is_sequence and column.rows > FEW:
        return True
    if column.is_date:
        return False
    if column.is_code:
        return column.is_unique
    if column.is_number:
        named = UNIQUE_NAME.search(column.name)
        return column.is_unique and column.is_whole and (bool(named) or _is_shuffled(column))
    return column.is_unique and _words_a_value(column) < 1.5 and column.rows > FEW


def _is_shuffled(column: ColumnProfile) -> bool:
    """Whether these are all the numbers from one to another, in any order."""
    numbers = [int(value) for value in column.counts]
    return len(numbers) > FEW and max(numbers) - min(numbers) == len(numbers) - 1


def _is_target(column: ColumnProfile, target: ColumnProfile) -> bool:
    """Whether values of the column and of the target map one to one."""
    pairs = column.outcomes
    if pairs is None or target.rows < FEW or not 2 <= target.distinct <= FEW:
        return False
    return len(pairs) == len({a for a, _ in pairs}) == len({b for _, b in pairs}) >= 2


def _number(column: ColumnProfile) -> Role:
    few = 2 < column.distinct <= FEW_WHOLE and column.present >= ROWS_A_CLASS * column.distinct
    if column.is_whole and few:
        return Role(
            column, ONE_HOT, f"{column.distinct} distinct whole numbers, treated as categories"
        )
    if _is_beyond_float32(column):
        why = "its numbers are too large, or too close to one another, for the 7 digits of float32"
        return Role(column, LEFT_OUT, why)
    return Role(column, NUMBER, "numbers", takes_log=has_long_tail(column))


def has_long_tail(column: ColumnProfile) -> bool:
    """Whether a few values are far above all others, which are even on a scale of logarithms.

    The column alone decides, never the target: so the rows that will test the model say nothing
    of what is to be predicted.
    """
    if column.distinct < FEWEST_OF_TAIL or column.has_many_values:
        return False
    pairs = sorted((float(value), times) for value, times in column.counts.items())
    low, middle, high = (_quantile(pairs, share) for share in (0.05, 0.5, 0.95))
    if pairs[0][0] < 0 or high - middle < TAIL_RATIO * (middle - low):
        return False
    raw = skewness(pairs)
    if raw < LONG_TAIL:
        return False
    return abs(skewness([(math.log1p(value), times) for value, times in pairs])) * 4 < raw


def _quantile(pairs: Sequence[tuple[float, int]], share: float) -> float:
    """The value below which this share of the rows is; the pairs are in order."""
    left = share * sum(times for _, times in pairs)
    for value, times in pairs:
        left -= times
        if left <= 0:
            return value
    return pairs[-1][0]


def skewness(pairs: Sequence[tuple[float, int]]) -> float:
    """The third moment in deviations, of values with how often each occurs; 0 for equal ones."""
    count = sum(times for _, times in pairs)
    mean = math.fsum(value * times for value, times in pairs) / count
    spread = math.fsum((value - mean) ** 2 * times for value, times in pairs) / count
    third = math.fsum((value - mean) ** 3 * times for value, times in pairs) / count
    return third / spread**1.5 if spread else 0.0


def _text(column: ColumnProfile) -> Role:
    values = column.distinct + bool(column.missing)
    if values <= FEW and column.rows >= ROWS_A_CLASS * values:
        return Role(column, ONE_HOT, f"{column.distinct} distinct texts: a 0 or 1 for each")
    if column.rows >= ROWS_A_CLASS * values and not column.has_many_values:
        why = f"{column.distinct} distinct texts: a vector for each, learned in training"
        return Role(column, EMBEDDING, why)
    vocabulary = _recurring_words(column)
    if vocabulary and _words_a_value(column) >= 1.5 and column.distinct > FEW:
        return Role(column, TEXT, "text of several words", vocabulary)
    count = f"more than {MOST_VALUES}" if column.has_many_values else str(column.distinct)
    return Role(
        column, LEFT_OUT, f"{count} distinct texts in {column.rows} rows: too few rows for each"
    )


def _words_a_value(column: ColumnProfile) -> float:
    texts = list(column.counts)[:2000]
    return sum(len(text.split()) for text in texts) / max(1, len(texts))


def _recurring_words(column: ColumnProfile) -> int:
    """How many words occur in at least two rows, without case and punctuation."""
    known: Counter[str] = Counter()
    for text, times in column.counts.items():
        words = {word.strip(string.punctuation) for word in text.lower().split()}
        known.update(dict.fromkeys(words - {""}, times))
    return sum(1 for times in known.values() if times > 1)


def _short(text: str) -> str:
    return text if len(text) <= 30 else f"{text[:29]}…"
