"""What a model looks at: permutation importance, as `evaluate --importance` saved it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from modelspec.run_report.charts import Bar, bar_chart
from modelspec.run_report.content import RunContent
from modelspec.run_report.elements import Content, Markup, joined, missing, tag

UNKNOWN = (
    "Which columns the model needs is not known: `modelspec evaluate RUN --importance` finds it "
    "and saves it in the run folder."
)


def importance_section(content: RunContent) -> Markup | None:
    """A chart for each output; None where no predictions are worse without a column."""
    outputs = content.importance.get("outputs")
    charts = [
        chart
        for name, found in (outputs.items() if isinstance(outputs, dict) else ())
        if isinstance(found, dict) and (chart := _chart(str(name), found)) is not None
    ]
    if not charts and not content.predictions:
        return None
    if not charts:
        return missing(content.reason("importance", UNKNOWN.replace("RUN", content.name)))
    return joined(tag("div", charts, class_="charts"))


def _chart(name: str, found: Mapping[str, Any]) -> Content:
    measure = str(found.get("measure", "score"))
    bars = []
    for one in found.get("features") or ():
        try:
            mean, spread = float(one["mean"]), float(one["deviation"])
            bars.append(Bar(str(one["feature"]), mean, mean - spread, mean + spread))
        except (KeyError, TypeError, ValueError):
            continue
    if not bars:
        return None
    return bar_chart(
        f"{name}: importance",
        f"By how much {measure} gets worse where the values of a column are shuffled, with the "
        "deviation of the repeats: a bar at 0 is a column that the model does without.",
        bars,
        axis=f"loss of {measure}",
        names="column",
    )
