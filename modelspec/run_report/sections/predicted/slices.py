"""Where a model is worse than its mean says: a measure for each value of a column."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from modelspec.evaluation import Slices, SplitPredictions, measures_of, slices_of, units_of
from modelspec.run_report.charts import Bar, bar_chart
from modelspec.run_report.content import RunContent
from modelspec.run_report.elements import Content, Markup, joined, tag

MOST_COLUMNS = 8
MOST_DRAWN = 400_000
"""Rows times columns whose intervals are drawn."""

MOST_DISTINCT = 40
"""Different texts of a column, above which nearly each row has its own."""


def slices_section(content: RunContent) -> Markup | None:
    """A chart for each output and column; None without predictions or columns."""
    parts: list[Content] = []
    for predictions in content.predictions.values():
        columns = _columns(predictions, content.slice_columns)
        units = units_of(predictions, content.group)
        for name, output in predictions.outputs.items():
            counted = output.counted()
            if len(counted) < 2 or not columns:
                continue
            first = next(iter(measures_of(counted)))
            charts = [
                _chart(
                    slices_of(output, column, predictions.columns[column], (first,), units=units),
                    first,
                )
                for column in columns
            ]
            found = [chart for chart in charts if chart is not None]
            if found:
                parts += [
                    tag("h3", f"{name}: {first} by column"),
                    tag("div", found, class_="charts"),
                ]
    return joined(*parts) if parts else None


def _columns(predictions: SplitPredictions, expected: Sequence[str]) -> list[str]:
    """Columns that make a few groups of rows: those that the spec names, then numbers, and text
    with few different values."""
    rows = max(1, len(predictions))
    found = [name for name in expected if name in predictions.columns]
    for name, values in predictions.columns.items():
        if values.ndim != 1 or name in found:
            continue
        if values.dtype == object:
            words = {one for one in values.tolist() if isinstance(one, (str, bool, int, float))}
            if not 1 < len(words) <= min(MOST_DISTINCT, max(2, rows // 2)):
                continue
        elif len(np.unique(values)) < 2:
            continue
        found.append(name)
    return found[: max(1, len(expected), min(MOST_COLUMNS, MOST_DRAWN // rows))]


def _chart(found: Slices, measure: str) -> Markup | None:
    whole = found.whole.measures[measure]
    bars = []
    for one in found.slices:
        interval = one.measures[measure]
        if not np.isfinite(interval.value):
            continue
        bars.append(Bar(one.value, interval.value, interval.low, interval.high, f"{one.n:,}"))
    if len(bars) < 2:
        return None
    return bar_chart(
        f"{found.output} by {found.column}",
        "A bar for each value with its interval of 95 %; the dashed line is the value of all rows. "
        "An interval on one side of the line is a group that the model treats unlike the others.",
        bars,
        axis=measure,
        names=found.column,
        reference=whole.value if np.isfinite(whole.value) else None,
        note="rows",
    )
