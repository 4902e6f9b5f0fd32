"""Missing values: what the spec says of them, and what stands in for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from modelspec.diagnostics import Findings, did_you_mean
from modelspec.spec.data import DataSpec, label_text

from .needs import Plan
from .table import Column
from .values import as_numbers

DROP, MEAN, MEDIAN = "drop", "mean", "median"
STATISTICS: dict[str, Callable[..., Any]] = {MEAN: np.nanmean, MEDIAN: np.nanmedian}


def check_rules(data: DataSpec, plan: Plan, known: Sequence[str], findings: Findings) -> None:
    """Findings for rules that name no column, or one that nothing uses, or a target's mean."""
    used = {need.column for need in plan.needs}
    targets = {name for columns in plan.targets for name in columns.columns}
    for name, rule in data.missing.items():
        span = data.missing_spans[name]
        if name not in known:
            message = f"`missing` names `{name}`, which is no column{did_you_mean(name, known)}"
            findings.error(span, "unknown-column", message)
        elif name not in used:
            message = f"`missing` names `{name}`, which no input, target or weight uses"
            findings.error(span, "unused-column", message, hint="remove the line")
        elif name in targets and rule in STATISTICS:
            message = f"`{name}` is a target: a made-up {rule} would be learned as if it were true"
            findings.error(span, "missing-target", message, hint=f"write {name}: drop")


def learn_fills(train: Mapping[str, Column], data: DataSpec, findings: Findings) -> dict[str, Any]:
    """What stands in for missing values, with means and medians of the training rows.

    Args:
        train: the columns of the training split alone.
        data: the rules.
        findings: takes the mean of text, or of a column without any value.
    """
    fills: dict[str, Any] = {}
    for name, rule in data.missing.items():
        column = train.get(name)
        if column is None or rule == DROP:
            continue
        if rule not in STATISTICS:
            fills[name] = _given(rule, column, name, data, findings)
        elif column.is_text:
            message = f"`{name}` holds text, which has no {rule}"
            findings.error(data.missing_spans[name], "missing-rule", message, hint="give a value")
        elif column.missing.all():
            message = f"`{name}` has no value in the training split, so it has no {rule}"
            findings.error(data.missing_spans[name], "missing-rule", message, hint="give a value")
        else:
            numbers = as_numbers(column).astype(np.float64)
            fills[name] = STATISTICS[str(rule)](numbers, axis=0).tolist()
    return fills


def _given(rule: Any, column: Column, name: str, data: DataSpec, findings: Findings) -> Any:
    """The value as the column has it: text for text; for numbers it must be one."""
    if column.is_text:
        return label_text(rule)
    try:
        return float(rule)
    except ValueError:
        message = f'`{name}` holds numbers; "{rule}" is none'
        hint = "give drop, mean, median, or a number"
        findings.error(data.missing_spans[name], "missing-rule", message, hint=hint)
        return None


def fill(column: Column, value: Any) -> Column:
    """The column with `value` where values are missing."""
    if column.clean or not column.missing.any():
        return column
    if column.is_text:
        text = column.values.copy()
        text[column.missing] = value
        return Column(text, np.zeros_like(column.missing))
    numbers = as_numbers(column)
    kind = np.float32 if numbers.dtype == np.float32 else np.float64
    filled = np.where(np.isnan(numbers), np.asarray(value, dtype=kind), numbers.astype(kind))
    return Column(filled, np.zeros_like(column.missing))
