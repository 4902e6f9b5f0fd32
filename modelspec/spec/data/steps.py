"""The rows of a time series: which of them a column takes, and how far apart they are."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from modelspec.diagnostics import Findings, Related

from .columns import Columns
from .sources import SERIES, Source

if TYPE_CHECKING:
    from .data import DataSpec, Split

ANY_STEP = "any"
"""Windows take rows as they come."""

_SECONDS = {
    "year": 31_556_952.0,
    "month": 2_629_746.0,
    "week": 604_800.0,
    "day": 86_400.0,
    "hour": 3_600.0,
    "minute": 60.0,
    "second": 1.0,
}
_SHORT = {"min": "minute", "h": "hour", "d": "day", "s": "second"}
_WRITTEN = re.compile(rf"(?:(\d+(?:\.\d+)?) ?)?({'|'.join((*_SECONDS, *_SHORT))})s?\Z")

WINDOW, HORIZON, LAST_ROW = "window", "horizon", "last"
"""The rows of a time series that a column may take: those of the option `rows`."""

NEAR = 0.04
"""How far a step may lie from a whole number of units: months are not all alike."""


MOST_OF_DAY = 1.5
"""Steps up to this many days are daily."""


def step_of(given: str | float) -> float | None:
    """A step as a number, of seconds where it has a unit; None where it is no step."""
    if not isinstance(given, str):
        return float(given) if given > 0 else None
    match = _WRITTEN.match(given)
    if match is None:
        return None
    return (float(match[1] or 1) * _SECONDS[_SHORT.get(match[2], match[2])]) or None


def unit_of(step: str) -> tuple[float, str]:
    """How many of which unit a step is that has one."""
    match = _WRITTEN.match(step)
    assert match is not None
    return float(match[1] or 1), _SHORT.get(match[2], match[2])


def step_text(step: float, is_date: bool) -> str:
    """A step as the option writes it."""
    if not is_date:
        return f"{step:g}"
    for unit, seconds in _SECONDS.items():
        count = round(step / seconds)
        if count and abs(step / seconds - count) <= NEAR * count:
            return f"{count} {unit}{'s' * (count > 1)}"
    return f"{step:g} seconds"


def usual_season(step: float) -> int | None:
    """How many steps of so many seconds make a season; None where no whole number does.

    That is a year for steps longer than a day, a week for days, and a day for shorter ones.
    """
    day = _SECONDS["day"]
    season = _SECONDS["year"] if step > MOST_OF_DAY * day else _SECONDS["week"]
    if step < day / MOST_OF_DAY:
        season = day
    count = round(season / step)
    if count < 2 or abs(season / step - count) > NEAR * count:
        return None
    return count


def places_in_series(source: Source) -> tuple[str, ...]:
    """The columns that say which series a row is of, and when it is."""
    if source.kind != SERIES:
        return ()
    given = (source.options.get("group"), source.options.get("time"))
    return tuple(str(name) for name in given if name)


def count_rows(rows: str, source: Source) -> int | None:
    """How many rows are taken; None for a single one, which has no axis."""
    if rows == LAST_ROW:
        return None
    return int(source.options[rows])


def takes_horizon(data: DataSpec) -> bool:
    """Whether an input or a target takes rows of the horizon."""
    return inputs_take_horizon(data) or any(
        (target.rows or HORIZON) == HORIZON for target in data.targets
    )


def inputs_take_horizon(data: DataSpec) -> bool:
    """Whether an input takes what is known beforehand of the rows of the horizon."""
    return any(columns.rows == HORIZON for columns in data.inputs or ())


def check_rows(
    train: Source, inputs: Sequence[Columns], targets: Sequence[Columns], findings: Findings
) -> None:
    """Report `rows` of other sources, a horizon without use, and inputs that tell the target."""
    if train.kind != SERIES:
        for columns in (*inputs, *targets):
            if columns.rows is not None:
                message = f"`rows` is for time series, and `train` is {train.kind}"
                hint = "remove it, or write `train: {timeseries: {csv: FILE, window: NUMBER}}`"
                findings.error(columns.place("rows"), "wrong-value", message, hint=hint)
        return
    ahead = [columns for columns in inputs if columns.rows == HORIZON]
    later = [target for target in targets if (target.rows or HORIZON) == HORIZON]
    for columns in ahead:
        for target in later:
            shared = [name for name in columns.columns if name in target.columns]
            if shared:
                message = (
                    f"the input `{columns.name}` takes `{shared[0]}` of the rows of the horizon,"
                    " which are to be predicted"
                )
                hint = "`rows: horizon` is for what is known beforehand; remove it, or the column"
                related = (Related(target.span, "the target is here"),)
                place = columns.place("rows")
                findings.error(place, "target-among-inputs", message, hint=hint, related=related)
    for option, default in (("horizon", 1), ("gap", 0)):
        if (
            targets
            and not ahead
            and not later
            and train.options[option] != default  # which an expanded spec writes out
        ):
            message = f"nothing takes the rows of `{option}`: all targets lie in the window"
            findings.error(train.place(option), "unused-column", message, hint="remove it")


def check_history(
    train: Source, splits: Mapping[str, Split | None], has_column: bool, findings: Findings
) -> None:
    """Report `history` where no split is cut from the rows of its source."""
    sources = [(train, "train")]
    sources += [(one.source, name) for name, one in splits.items() if one and one.source]
    is_cut = has_column or any(split is not None and split.share for split in splits.values())
    for source, name in sources:
        if source.kind == SERIES and source.options["history"] and (name != "train" or not is_cut):
            what = (
                "no split is cut from `train`"
                if name == "train"
                else f"`{name}` is a source without one"
            )
            message = f"`history` takes rows of the split before, and {what}"
            hint = "remove it, or write a share, such as `test: 0.2`"
            findings.error(source.place("history"), "wrong-value", message, hint=hint)
