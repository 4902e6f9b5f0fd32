"""Findings for too few rows, and for columns that make another shape than an input takes."""

from __future__ import annotations

from collections.abc import Sequence

from modelspec.analysis.data import with_rank_of
from modelspec.diagnostics import Findings, Related
from modelspec.spec.data import CORPUS, Columns, DataSpec, takes_horizon
from modelspec.spec.model import InputSpec

IMAGE_AXES = 3
"""Height, width and channels."""


def report_empty_split(split: str, names: str, data: DataSpec, findings: Findings) -> None:
    """Report a split without rows."""
    message = f"no rows of {names} are left for the {split} split"
    hint = "use more rows, or smaller fractions"
    if data.missing:
        hint = "the `drop` rules under `missing` remove rows"
    findings.error(data.train.span, "empty-data", message, hint=hint)


def report_no_windows(
    split: str, rows: int, names: str, data: DataSpec, findings: Findings
) -> None:
    """Report data in which no window fits.

    Args:
        split: its name; empty for new data.
        rows: that a window spans.
        names: what messages call the table.
        data: where the finding points.
        findings: takes the finding.
    """
    where = f"the {split} split of {names}" if split else names
    what = "tokens" if data.train.kind == CORPUS else "rows"
    message = f"no window of {rows} {what} fits into {where}"
    fewer = "" if data.folds is None else ", fewer folds"
    hint = f"use more {what}{fewer}, or shorter windows" if split else ""
    options = data.train.options
    if split in ("validation", "test") and options.get("history") is False and takes_horizon(data):
        hint = (
            "write `history: true` below `timeseries`: the rows before a target may then be those"
            f" of the split before; or {hint}"
        )
    findings.error(data.train.span, "empty-data", message, hint=hint)


def report_input_shape(
    entry: InputSpec, columns: Columns, found: tuple[int, ...], findings: Findings
) -> None:
    """Report columns whose examples have another shape than the input takes."""
    wanted = entry.shape or ()
    made = _shown(with_rank_of(found, wanted))
    count = len(columns.columns)
    given = f"`{columns.columns[0]}` has" if count == 1 else f"{count} columns make"
    if columns.indicators:
        names = f"`{columns.columns[0]}`" if count == 1 else f"{count} columns"
        given = f"{names} and {_indicators(columns)} make"
    message = f"the input `{entry.name}` takes shape {_shown(wanted)}, but {given} {made}"
    related = (Related(entry.span, f"`{entry.name}` is declared here"),)
    hint = f"give the input `shape: {made}`, or other columns"
    if len(found) == IMAGE_AXES and (*found[1:], found[0]) == tuple(wanted):
        hint = "save the array with its channels last, as the input has them: np.moveaxis(x, 1, -1)"
    findings.error(columns.span, "input-shape", message, hint=hint, related=related)


def _indicators(columns: Columns) -> str:
    count = len(columns.indicators)
    return "1 indicator" if count == 1 else f"{count} indicators"


def _shown(shape: Sequence[int | None]) -> str:
    return f"[{', '.join('null' if size is None else str(size) for size in shape)}]"
