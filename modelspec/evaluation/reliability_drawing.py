"""Reliability diagrams as a picture."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from modelspec.runs import OutputKind

from .calibration import Calibration

BLUE, GREY = "#4477aa", "#999999"


def draw_reliability(path: Path, calibrations: Sequence[Calibration], title: str) -> None:
    """Draw a reliability diagram for each output into a PNG file, the counts of its bins below.

    Of an output with a temperature the diagram without it is drawn as a line.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5 * len(calibrations), 6), dpi=110, layout="constrained")
    FigureCanvasAgg(figure)
    figure.suptitle(title, fontsize=11, fontweight="bold")
    grid = figure.add_gridspec(2, len(calibrations), height_ratios=[3, 1])
    for number, one in enumerate(calibrations):
        upper = figure.add_subplot(grid[0, number])
        _draw_diagram(upper, one)
        _draw_counts(figure.add_subplot(grid[1, number], sharex=upper), one)
    figure.savefig(path, format="png")


def _draw_diagram(axes: Any, found: Calibration) -> None:
    of_top = found.kind is OutputKind.CLASSES
    axes.plot([0, 1], [0, 1], color=GREY, linewidth=0.8, linestyle=":")
    for one in found.bins:
        if one.confidence is not None and one.accuracy is not None:
            width = one.upper - one.lower
            axes.bar(one.lower, one.accuracy, width, align="edge", color=BLUE, alpha=0.35)
    _draw_line(axes, found, f"ECE {found.ece:.3f}", BLUE)
    if found.uncalibrated is not None:
        before = found.uncalibrated
        _draw_line(axes, before, f"without temperature: ECE {before.ece:.3f}", GREY)
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1.02)
    axes.set_title(found.output, fontsize=10)
    axes.set_ylabel("fraction that is right" if of_top else "fraction that is true", fontsize=9)
    axes.grid(color="#dddddd", linewidth=0.5)
    axes.legend(fontsize=8, loc="upper left")


def _draw_line(axes: Any, found: Calibration, label: str, color: str) -> None:
    """The accuracy of each bin at its mean probability."""
    points = [(one.confidence, one.accuracy) for one in found.bins if one.confidence is not None]
    axes.plot(*zip(*points, strict=True), marker="o", markersize=4, color=color, label=label)


def _draw_counts(axes: Any, found: Calibration) -> None:
    for one in found.bins:
        axes.bar(one.lower, one.count, one.upper - one.lower, align="edge", color=BLUE, alpha=0.35)
    what = {
        OutputKind.CLASSES: "probability of the predicted class",
        OutputKind.BINARY: "probability of the second class",
    }.get(found.kind, "probability of a label")
    axes.set_xlabel(what, fontsize=9)
    axes.set_ylabel("count", fontsize=9)
    axes.grid(color="#dddddd", linewidth=0.5)
