"""ROC and precision-recall curves as a picture."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from .areas import ClassCurves, OutputCurves

MOST_LINES = 10
"""Of more classes those that are told apart worst are drawn."""

MOST_POINTS = 2000
"""Points of a line: more are not seen."""


def draw_curves(path: Path, curves: Sequence[OutputCurves], title: str) -> None:
    """Draw the curves into a PNG file: a row for each output, ROC beside precision-recall."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10, 4.4 * len(curves) + 0.5), dpi=110, layout="constrained")
    FigureCanvasAgg(figure)
    figure.suptitle(title, fontsize=11, fontweight="bold")
    for index, output in enumerate(curves):
        shown = sorted(output.classes, key=lambda one: one.roc_auc)[:MOST_LINES]
        if len(output.classes) <= MOST_LINES:
            shown = list(output.classes)
        of = "" if len(shown) == len(output.classes) else f", {len(shown)} worst classes"
        left = figure.add_subplot(len(curves), 2, 2 * index + 1)
        right = figure.add_subplot(len(curves), 2, 2 * index + 2)
        _draw(left, shown, f"{output.output}: ROC{of}", "false positive rate", is_roc=True)
        _draw(right, shown, f"{output.output}: precision-recall{of}", "recall", is_roc=False)
        left.plot([0, 1], [0, 1], color="#999999", linewidth=0.8, linestyle=":")
        left.set_ylabel("true positive rate", fontsize=9)
        right.set_ylabel("precision", fontsize=9)
    figure.savefig(path, format="png")


def _draw(axes: Any, shown: Sequence[ClassCurves], title: str, label: str, *, is_roc: bool) -> None:
    for one in shown:
        x, y = one.roc() if is_roc else one.precision_recall()
        area = one.roc_auc if is_roc else one.average_precision
        if not np.isfinite(area):
            continue
        step = max(1, len(x) // MOST_POINTS)
        name = f"{one.label} ({area:.3f})"
        drawn = "default" if is_roc else "steps-pre"
        axes.plot(x[::step], y[::step], linewidth=1.4, label=name, drawstyle=drawn)
    axes.set_xlim(-0.01, 1.01)
    axes.set_ylim(-0.01, 1.01)
    axes.set_aspect("equal")
    axes.set_xlabel(label, fontsize=9)
    axes.set_title(title, fontsize=10)
    axes.grid(color="#dddddd", linewidth=0.5)
    if axes.lines:
        axes.legend(fontsize=8, loc="lower right" if is_roc else "lower left")
