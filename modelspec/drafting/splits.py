"""How the rows are split: at random, by time, in whole groups, or, where they are few, in folds."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from modelspec.diagnostics import UsageError, did_you_mean
from modelspec.spec.data import moment_of

from .profile import ColumnProfile, TableProfile
from .task import Task

FEW_ROWS = 100
"""Below that, a test split is too small to measure anything: folds use every row for it."""

FEWEST_GROUPS, FEWEST_DATES = 10, 10
ROWS_A_GROUP = 1.2
MOST_ROWS_A_CODE = 50
"""Rows of an average code of a thing; with more, it is a category such as a shop."""

_WHO = (
    r"patient|subject|customer|client|user|person|participant|student|household|family|member|"
    r"driver|player|employee|account|machine|device|engine|session|speaker|author|animal|owner|"
    r"kunde|kunden|buyer|visitor|respondent|case|sensor|vehicle|donor"
)
_CODE = r"id|uuid|no|nr|num|number|key|code|name"
WHO = re.compile(rf"(?:{_WHO})s?(?:[\s_.-]*(?:{_CODE}))?\Z", re.IGNORECASE)
ID = re.compile(r"(?:^|[\s_.-])(?:id|uuid)\Z|[a-z]I[dD]\Z", re.IGNORECASE)
NOT_OF_ROW = re.compile(
    r"birth|dob|born|founded|built|expir|due|until|end|first|signup|sign.up|regist|join|since|hire",
    re.IGNORECASE,
)
OF_ROW = re.compile(
    r"date|day|time|stamp|month|week|when|datum|order|purchase|sold|sale|created|measured|"
    r"recorded|visit|invoice|_at\Z|\Aat\Z",
    re.IGNORECASE,
)
_DAYS = ("%m/%d/%Y", "%d/%m/%Y", "%m/%d/%y", "%d/%m/%y", "%d-%m-%Y", "%m-%d-%Y", "%d.%m.%y")
_CLOCKS = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p")
FORMS = tuple(f"{day}{clock}" for clock in _CLOCKS for day in _DAYS)


class Plan(NamedTuple):
    """How the rows are split.

    Attributes:
        time: the column that says when, or "".
        form: of its dates, where they are not in a common one.
        group: the column whose values stay together, or "".
        has_folds: whether folds take the place of a test split.
        why: half a sentence for each of `time` and `group` that is there.
    """

    time: str = ""
    form: str = ""
    group: str = ""
    has_folds: bool = False
    why: tuple[str, ...] = ()


def plan_splits(found: TableProfile, task: Task, group: str | None) -> Plan:
    """The splits that the columns of a table ask for.

    Args:
        found: the table.
        task: what the model predicts.
        group: the column that the user named for whole groups.

    Raises:
        UsageError: there is no such column, or it cannot group the rows.
    """
    grouping = _named(found, group) if group is not None else _find_group(found)
    time = _find_time(found, task)
    why = []
    if grouping is not None:
        rows = found.rows / max(1, grouping.distinct)
        why.append(
            f"{grouping.distinct} values with {rows:.3g} rows each on average; the model is"
            " measured on those that it has not met"
        )
    name, form = time if time is not None else ("", "")
    has_folds = found.target.present < FEW_ROWS and not name
    return Plan(name, form, grouping.name if grouping else "", has_folds, tuple(why))


def date_form(texts: Sequence[str]) -> str | None:
    """The form of dates: "" for the common ones, None where two would do, or none."""
    from modelspec.tabular import parse_date

    if all(parse_date(text, None) is not None for text in texts):
        return ""
    fit = [form for form in FORMS if all(parse_date(text, form) is not None for text in texts)]
    return fit[0] if len(fit) == 1 else None


def _named(found: TableProfile, name: str) -> ColumnProfile:
    column = next((column for column in found.others if column.name == name), None)
    if column is None:
        names = [column.name for column in found.others]
        raise UsageError(f"--group: the table has no column `{name}`{did_you_mean(name, names)}")
    if column.distinct < 3:
        count = f"{column.distinct} different value{'s' if column.distinct != 1 else ''}"
        raise UsageError(f"--group: `{name}` has {count}, and three splits need three groups")
    return column


def _find_group(found: TableProfile) -> ColumnProfile | None:
    """The column with the ids of whom the rows are about, where these recur."""
    named = [column for column in found.others if _may_group(column)]
    return max(
        named, key=lambda column: (bool(WHO.match(column.name)), column.distinct), default=None
    )


def _may_group(column: ColumnProfile) -> bool:
    if column.missing or column.distinct < FEWEST_GROUPS or column.is_unique or column.is_date:
        return False
    ratio = column.rows / column.distinct
    if column.is_number and not column.is_whole:
        return False
    if WHO.match(column.name):
        return ratio >= ROWS_A_GROUP
    return bool(ID.search(column.name)) and ROWS_A_GROUP <= ratio <= MOST_ROWS_A_CODE


def _find_time(found: TableProfile, task: Task) -> tuple[str, str] | None:
    """The column that says when a row was made, with the form of its dates."""
    usable: list[tuple[int, ColumnProfile, str]] = []
    dated = [column for column in found.others if column.is_date or is_epoch(column)]
    for column in dated:
        if column.missing or column.distinct < FEWEST_DATES or NOT_OF_ROW.search(column.name):
            continue
        form = "" if column.is_number else date_form(list(column.counts))
        if form is None or column.file_type == "date":
            continue
        when = [time_of(text, form) or 0.0 for text in found.sample[column.name]]
        is_sorted = when == sorted(when) or when == sorted(when, reverse=True)
        if not _classes_everywhere(when, found.sample[found.target.name], task):
            continue
        rank = 2 if is_sorted else 1 if OF_ROW.search(column.name) else 0
        usable.append((rank, column, form))
    if not usable:
        return None
    rank, column, form = max(usable, key=lambda entry: entry[0])
    return (column.name, form) if rank or len(dated) == 1 else None


def is_epoch(column: ColumnProfile) -> bool:
    """Whether whole numbers are seconds or milliseconds since 1970, of the years 1990 to 2040."""
    if not column.is_whole or column.distinct < FEWEST_DATES:
        return False
    numbers = [int(value) for value in column.counts]
    for unit in (1, 1000):
        if min(numbers) >= EPOCHS[0] * unit and max(numbers) <= EPOCHS[1] * unit:
            return bool(OF_ROW.search(column.name)) or "epoch" in column.name.lower()
    return False


EPOCHS = (631_152_000, 2_208_988_800)


def time_of(text: str, form: str = "") -> float | None:
    """A number as it is, and a date in seconds since 1970; None for neither."""
    from modelspec.tabular import parse_date

    try:
        return float(text)
    except ValueError:
        date = parse_date(text, form or None)
    return None if date is None else _seconds(date)


def _seconds(date: datetime) -> float:
    return (moment_of(date) - datetime(1970, 1, 1)).total_seconds()


def _classes_everywhere(when: Sequence[float], target: Sequence[str], task: Task) -> bool:
    """Whether the latest fifth, the sixth before it and the rest have rows of every class."""
    if not task.labels:
        return True
    ordered = [said for _, said in sorted(zip(when, target, strict=True)) if said]
    test, validation = round(len(ordered) * 0.8), round(len(ordered) * 0.68)
    parts = (ordered[:validation], ordered[validation:test], ordered[test:])
    return all(set(task.labels) <= set(part) for part in parts)
