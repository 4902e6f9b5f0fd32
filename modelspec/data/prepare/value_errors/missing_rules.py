"""Findings for rules for missing values that do not suit their column."""

from __future__ import annotations

from modelspec.diagnostics import Findings
from modelspec.spec.data import DataSpec


def report_list_fill(name: str, data: DataSpec, findings: Findings) -> None:
    """Report a fill value of a column of lists."""
    message = f"`{name}` holds lists, which have no fill value"
    findings.error(data.missing_spans[name], "missing-rule", message, hint="write drop")


def report_text_statistic(name: str, data: DataSpec, findings: Findings) -> None:
    """Report a mean or median of text."""
    message = f"`{name}` holds text, which has no {data.missing[name]}"
    findings.error(data.missing_spans[name], "missing-rule", message, hint="give a fill value")


def report_no_statistic(name: str, data: DataSpec, findings: Findings) -> None:
    """Report a mean or median of a column that has no values."""
    message = f"`{name}` has no value in the training split, so it has no {data.missing[name]}"
    hint = f"take `{name}` out of the inputs, or give a fill value"
    findings.error(data.missing_spans[name], "missing-rule", message, hint=hint)


def report_no_number(name: str, data: DataSpec, findings: Findings) -> None:
    """Report text as the fill value of a column of numbers."""
    message = f'`{name}` holds numbers, but its fill value "{data.missing[name]}" is not a number'
    hint = "give drop, mean, median, or a number"
    findings.error(data.missing_spans[name], "missing-rule", message, hint=hint)


def warn_of_rule_as_text(name: str, data: DataSpec, findings: Findings) -> None:
    """Warn of a rule that other tools have, which becomes a category of its name."""
    rule = data.missing[name]
    message = f'`{name}` holds text: where it is missing, the text "{rule}" is put in'
    hint = f"write drop, or the text that stands for a missing value: {name}: missing"
    findings.warning(data.missing_spans[name], "missing-rule", message, hint=hint)
