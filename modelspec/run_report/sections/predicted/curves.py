"""How well scores tell classes apart at every threshold: ROC and precision-recall curves."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from modelspec.evaluation import ClassCurves, OutputCurves, curves_of
from modelspec.run_report.charts import COLOURS, Axis, Curve, line_chart
from modelspec.run_report.content import RunContent
from modelspec.run_report.elements import NONE_TEXT, Content, Markup, joined, measured, table, tag

ROC_READING = (
    "Each point is a threshold: how many of the class are found against how many others are taken "
    "for it. The nearer the upper left corner the better; the dashed line is chance."
)
PRECISION_READING = (
    "Each point is a threshold: how much of what is taken for the class is right, against how much "
    "of the class is found. A curve that stays up to the right is good; chance is the share of the "
    "class."
)


def curves_section(content: RunContent) -> Markup | None:
    """The curves of each output with classes or labels; None without one."""
    parts: list[Content] = []
    for predictions in content.predictions.values():
        for output in predictions.outputs.values():
            found = curves_of(output)
            if found is not None:
                parts += _output(found)
    return joined(*parts) if parts else None


def _output(found: OutputCurves) -> list[Content]:
    rows: list[list[Content]] = [
        [one.label, _area(one.roc_auc), _area(one.average_precision), f"{one.support:,}"]
        for one in found.classes
    ]
    if len(found.classes) > 1:
        rows.append(["mean", _area(found.roc_auc), _area(found.average_precision), ""])
    head = ("class", "ROC AUC", "average precision", "rows")
    caption = f"Areas under the curves of {found.output}"
    parts: list[Content] = [tag("h3", found.output)]
    parts.append(table(head, rows, caption=caption, numeric=(1, 2, 3)))
    shown = [one for one in found.classes if np.isfinite(one.roc_auc)]
    if len(shown) > COLOURS:
        shown = sorted(shown, key=lambda one: one.roc_auc)[:COLOURS]
        parts.append(tag("p", f"Drawn are the {COLOURS} classes with the smallest areas."))
    if shown:
        charts = [_roc(found.output, shown), _precision(found.output, shown)]
        parts.append(tag("div", charts, class_="charts"))
    return parts


def _area(value: float) -> Content:
    return measured(value) if np.isfinite(value) else NONE_TEXT


def _roc(name: str, classes: Sequence[ClassCurves]) -> Markup:
    curves = [_curve(one.label, *one.roc()) for one in classes]
    return roc_chart(f"{name}: ROC", curves)


def roc_chart(title: str, curves: Sequence[Curve]) -> Markup:
    """ROC curves in one chart."""
    return line_chart(
        title,
        ROC_READING,
        curves,
        x=Axis.exactly(0, 1, "false positive rate"),
        y=Axis.exactly(0, 1, "true positive rate"),
        diagonal=True,
    )


def _precision(name: str, classes: Sequence[ClassCurves]) -> Markup:
    return line_chart(
        f"{name}: precision and recall",
        PRECISION_READING,
        [_curve(one.label, *one.precision_recall()) for one in classes],
        x=Axis.exactly(0, 1, "recall"),
        y=Axis.exactly(0, 1, "precision"),
    )


def _curve(name: str, x: np.ndarray, y: np.ndarray) -> Curve:
    return Curve(name, x.tolist(), y.tolist())


def mean_roc(found: OutputCurves, name: str) -> Curve:
    """The mean of the ROC curves of the classes of an output, at common false positive rates."""
    places = np.linspace(0, 1, 101)
    rates = []
    for one in found.classes:
        x, y = one.roc()
        if np.isfinite(one.roc_auc):
            rates.append(np.interp(places, x, y))
    mean = np.mean(rates, axis=0) if rates else np.full(101, np.nan)
    return Curve(name, places.tolist(), mean.tolist())
