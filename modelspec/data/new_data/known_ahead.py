"""What has to be known of the rows of a horizon, and what follows from their times."""

from __future__ import annotations

from collections.abc import Sequence

from modelspec.data.table import Table
from modelspec.diagnostics import Findings, Span
from modelspec.spec.data import DataSpec

from .forecast_origins import ForecastOrigin


def check_ahead(
    origins: Sequence[ForecastOrigin],
    ahead: Sequence[str],
    table: Table,
    data: DataSpec,
    start: Span,
    findings: Findings,
) -> bool:
    """Whether what has to be known of the horizon is; a finding where the file lacks a row."""
    options = data.train.options
    given = list(dict.fromkeys(one for name in ahead for one in _columns_ahead(name, data)))
    for origin in origins if given else ():
        if min(origin.later) < 0:
            lacking = sum(row < 0 for row in origin.later)
            time = origin.times[list(origin.later).index(-1)]
            of = f" of {origin.group}" if origin.group else ""
            message = (
                f"{table.names} has no `{given[0]}` for {time}{of}, which the forecast takes:"
                f" {lacking} of {len(origin.later)} rows of the horizon are missing"
            )
            columns = ", ".join(f"`{name}`" for name in (options["time"], *given))
            hint = f"add these rows with {columns}, and leave the columns of the past empty"
            findings.error(start, "missing-values", message, hint=hint)
            return False
    return True


def goes_on(name: str, data: DataSpec) -> bool:
    """Whether a column is known beyond the last row: the time, and what is made of it."""
    options = data.train.options
    if name in data.derive:
        return all(goes_on(one, data) for one in data.derive[name].takes)
    return name in (options["time"], options.get("group"))


def _columns_ahead(name: str, data: DataSpec) -> list[str]:
    """The columns of the file that have to go beyond the last row for a column to do so."""
    if name not in data.derive:
        return [] if goes_on(name, data) else [name]
    one = data.derive[name]
    return [
        column
        for taken in one.takes
        for column in ([name] if taken == one.own_source else _columns_ahead(taken, data))
    ]
