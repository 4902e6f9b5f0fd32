"""Several runs side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from modelspec.evaluation import all_curves
from modelspec.run_report.charts import Curve
from modelspec.run_report.content import RunContent
from modelspec.run_report.elements import (
    NONE_TEXT,
    Content,
    Markup,
    joined,
    measured,
    plain,
    table,
    tag,
)
from modelspec.runs import Comparison, compare

from .heading import verdict_badge
from .predicted import mean_roc, roc_chart
from .training import MOST_CHARTS, curve_names, curves_of_runs


def run_labels(contents: Sequence[RunContent]) -> list[str]:
    """What each run is called: as its folder, with a number where two have the same name."""
    names = [content.name for content in contents]
    return [
        name if names.count(name) == 1 else f"{name} ({names[:index].count(name) + 1})"
        for index, name in enumerate(names)
    ]


def comparison_sections(contents: Sequence[RunContent]) -> list[tuple[str, str, Markup]]:
    """The sections of a page of several runs: key, title and content."""
    found = compare([content.record for content in contents])
    labels = run_labels(contents)
    verdicts = [
        joined([tag("h3", label), verdict_badge(content)])
        for label, content in zip(labels, contents, strict=True)
    ]
    return [
        ("verdicts", "Verdicts", joined(verdicts)),
        ("metrics", "Metrics side by side", _metrics(found, labels)),
        ("settings", "Settings that differ", _settings(found, labels)),
        ("training", "Training", _curves(contents, labels)),
        *_thresholds(contents, labels),
    ]


def _metrics(found: Comparison, labels: Sequence[str]) -> Markup:
    rows: list[list[Content]] = [
        [name, *(measured(value) for value in values)] for name, values in found.metrics.items()
    ]
    if not rows:
        return tag("p", "None of the runs has measured anything.", class_="missing")
    notes = [
        tag(
            "p",
            f"The runs have different {split} rows, so their values on that split cannot be "
            "compared: "
            + ", ".join(
                f"{label} has {letter or NONE_TEXT}"
                for label, letter in zip(labels, letters, strict=True)
            )
            + ".",
            class_="missing",
        )
        for split, letters in found.splits.items()
    ]
    caption = "Metrics of each run; of a run that is not complete those of its last epoch"
    shown = table(("metric", *labels), rows, caption=caption, numeric=range(1, len(labels) + 1))
    return joined([*notes, shown])


def _settings(found: Comparison, labels: Sequence[str]) -> Markup:
    if not found.settings:
        return tag("p", "The specs of the runs have the same settings.")
    rows: list[list[Content]] = [
        [path, *(plain(value) for value in values)] for path, values in found.settings.items()
    ]
    return table(("setting", *labels), rows, caption="Settings in which the specs differ")


def _thresholds(
    contents: Sequence[RunContent], labels: Sequence[str]
) -> list[tuple[str, str, Markup]]:
    """The ROC curves of outputs that several runs have, each run a curve."""
    curves: dict[str, list[Curve]] = {}
    for look, (content, label) in enumerate(zip(contents, labels, strict=True)):
        for predictions in content.predictions.values():
            for found in all_curves(predictions):
                curve = replace(mean_roc(found, label), look=look)
                curves.setdefault(f"{found.output}, {predictions.split} split", []).append(curve)
    charts = [
        roc_chart(f"{name}: ROC, mean over its classes", found)
        for name, found in curves.items()
        if len(found) > 1
    ]
    return [("curves", "Thresholds", tag("div", charts, class_="charts"))] if charts else []


def _curves(contents: Sequence[RunContent], labels: Sequence[str]) -> Markup:
    records = [content.record for content in contents]
    names = curve_names(name for record in records for name in record.curves)
    found = [curves_of_runs(name, records, labels) for name in names[:MOST_CHARTS]]
    charts: list[Content] = [one for one in found if one is not None]
    if not charts:
        return tag("p", "None of the runs has completed an epoch.", class_="missing")
    return tag("div", joined(charts), class_="charts")
