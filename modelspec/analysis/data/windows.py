"""Windows over time series and long texts."""

from __future__ import annotations

from modelspec.analysis.facts import shape_text
from modelspec.diagnostics import Findings, Related
from modelspec.spec.data import SERIES, WINDOW, Columns, Source, count_rows
from modelspec.spec.model import InputSpec


def check_steps(
    source: Source, entry: InputSpec, columns: Columns | None, findings: Findings
) -> None:
    """Check that the first axis of an input has the size of the rows that it takes."""
    rows = (None if columns is None else columns.rows) or WINDOW
    shape, count = entry.shape, count_rows(rows, source)
    if shape is None or count is None or (shape and shape[0] in (None, count)):
        return
    of = "its window" if rows == WINDOW else "the horizon"
    message = (
        f"the input `{entry.name}` takes shape {shape_text(shape)}; the first axis of a"
        f" {'time series' if source.kind == SERIES else 'text'} is {of}, {count}"
        f" {'row' if source.kind == SERIES else 'token'}{'s' * (count != 1)}"
    )
    made = f"such as [{count}, COLUMNS]" if source.kind == SERIES else f"[{count}]"
    hint = f"give the input a shape {made}, or change `{rows}`"
    related = (Related(entry.span, f"`{entry.name}` is declared here"),)
    findings.error(source.place(rows), "input-shape", message, hint=hint, related=related)
