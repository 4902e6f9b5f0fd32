"""The step between the rows of a time series, as the option `every` writes it."""

from __future__ import annotations

import re

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
_WRITTEN = re.compile(rf"(?:(\d+(?:\.\d+)?) )?({'|'.join(_SECONDS)})s?\Z")

NEAR = 0.04
"""How far a step may lie from a whole number of units: months are not all alike."""


def step_of(given: str | float) -> float | None:
    """A step as a number, of seconds where it has a unit; None where it is no step."""
    if not isinstance(given, str):
        return float(given) if given > 0 else None
    match = _WRITTEN.match(given)
    if match is None:
        return None
    return (float(match[1] or 1) * _SECONDS[match[2]]) or None


def step_text(step: float, is_date: bool) -> str:
    """A step as the option writes it."""
    if not is_date:
        return f"{step:g}"
    for unit, seconds in _SECONDS.items():
        count = round(step / seconds)
        if count and abs(step / seconds - count) <= NEAR * count:
            return f"{count} {unit}{'s' * (count > 1)}"
    return f"{step:g} seconds"
