"""Inputs that take parts of dates."""

from __future__ import annotations

from modelspec.analysis.facts import shape_text
from modelspec.diagnostics import Findings, Related
from modelspec.spec.data import (
    SERIES,
    WINDOW,
    DataSpec,
    check_date_options,
    count_rows,
    date_options,
)

from .matching import FedInputs
from .shapes import agree


def check_dates(data: DataSpec, inputs: FedInputs, findings: Findings) -> None:
    """Check the options of dates, and that their inputs take as many numbers as these make.

    Args:
        data: the section.
        inputs: the model's inputs with their columns, as `match_inputs` returns them.
        findings: takes options that make no sense, and inputs of other shapes or dtypes.
    """
    for entry, columns in inputs:
        if columns is None:
            continue
        check_date_options(columns, findings)
        options = date_options(columns)
        if options is None:
            continue
        related = (Related(entry.span, f"`{entry.name}` is declared here"),)
        place = columns.place("date")
        if "float" not in (entry.dtype or "float32"):
            message = f"the input `{entry.name}` takes {entry.dtype}, and dates become floats"
            hint = "remove `dtype` from the input"
            findings.error(place, "wrong-column-type", message, hint=hint, related=related)
        count = options.values_each * len(columns.columns)
        made: tuple[int, ...] = ()
        if data.train.kind == SERIES:
            rows = count_rows(columns.rows or WINDOW, data.train)
            made = () if rows is None else (rows,)
        if entry.shape is None or agree((*made, count), entry.shape):
            continue
        message = (
            f"the input `{entry.name}` takes shape {shape_text(entry.shape)}, but its dates make"
            f" {shape_text((*made, count))}"
        )
        hint = f"give the input `shape: {shape_text((*made, count))}`"
        findings.error(place, "input-shape", message, hint=hint, related=related)
