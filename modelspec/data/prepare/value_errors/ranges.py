"""Findings for numbers that are too large, too small, or not of the dtype."""

from __future__ import annotations

import math

from modelspec.diagnostics import Findings, Span
from modelspec.spec.data import Columns
from modelspec.spec.model import InputSpec

OVERFLOW_LIMITS = {"float16": 65520.0, "float32": 3.4028235677973366e38}
"""The smallest number that becomes infinite in a dtype of floats."""


def stored_dtype(dtype: str) -> str:
    """The dtype of the arrays for one of Keras's: numpy has no bfloat16."""
    return {"bfloat16": "float32"}.get(dtype, dtype)


def overflow_limit(dtype: str) -> float:
    """The smallest number that becomes infinite in an input or a target of a dtype of floats."""
    return OVERFLOW_LIMITS.get(stored_dtype(dtype), math.inf)


def report_too_large(
    use: str, dtype: str, found: tuple[str, float, str], span: Span, findings: Findings
) -> None:
    """Report a number that would become infinite in the floats that the model takes.

    Args:
        use: what messages call the use: "the input `x`".
        dtype: of the floats.
        found: the column, its value, and the location of the value.
        span: the use in the spec.
        findings: takes the finding.
    """
    name, value, place = found
    message = f"{use} takes {dtype}, but `{name}` is {value:g} in {place}, which is too large"
    hint = f"fix the value, or scale the column: {dtype} overflows at {overflow_limit(dtype):.2g}"
    findings.error(span, "value-range", message, hint=hint)


def report_wrong_dtype(
    entry: InputSpec, columns: Columns, found: tuple[str, float, str], findings: Findings
) -> None:
    """Report a number that an input's dtype cannot hold.

    Args:
        entry: the input.
        columns: what feeds it.
        found: the column, its value, and the location of the value.
        findings: takes the finding.
    """
    name, value, place = found
    message = f"the input `{entry.name}` takes {entry.dtype}, but `{name}` is {value:g} in {place}"
    findings.error(columns.span, "value-range", message, hint="change the input's `dtype`")


def report_negative_weight(
    name: str, value: float, place: str, span: Span, findings: Findings
) -> None:
    """Report a sample weight below zero."""
    message = f"the weight `{name}` is {value:g} in {place}; it must be at least 0"
    hint = "fix the value; a weight of 0 excludes an example"
    findings.error(span, "value-range", message, hint=hint)
