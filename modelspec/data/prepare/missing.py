"""Missing values: what the spec says of them, and what stands in for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from modelspec.data.table import Column, as_numbers
from modelspec.diagnostics import Findings
from modelspec.spec.data import DataSpec, label_text

from .value_errors import report_no_number, report_no_statistic, report_text_statistic

DROP, MEAN, MEDIAN = "drop", "mean", "median"
STATISTICS: dict[str, Callable[..., Any]] = {MEAN: np.nanmean, MEDIAN: np.nanmedian}


def learn_fill_values(
    train: Mapping[str, Column], data: DataSpec, findings: Findings
) -> dict[str, Any]:
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
            report_text_statistic(name, data, findings)
        elif column.missing.all():
            report_no_statistic(name, data, findings)
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
        report_no_number(name, data, findings)
        return None


def fill_missing(column: Column, value: Any) -> Column:
    """The column with `value` where values are missing."""
    if column.clean or not column.missing.any():
        return column
    if column.is_text:
        text = column.values.copy()
        text[column.missing] = value
        return Column(text, np.zeros_like(column.missing), decimal=column.decimal)
    numbers = as_numbers(column)
    kind = np.float32 if numbers.dtype == np.float32 else np.float64
    filled = np.where(np.isnan(numbers), np.asarray(value, dtype=kind), numbers.astype(kind))
    return Column(filled, np.zeros_like(column.missing))
