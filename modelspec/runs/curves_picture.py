"""The curves of several runs in one picture: a panel for each metric, a colour for each run."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from modelspec.diagnostics import CannotRunError, UsageError

from .record import RunRecord

COLOURS = ("#1f6fb2", "#d95f0e", "#2a8c4a", "#7b4ea3", "#c2185b", "#6d6d6d", "#b8860b", "#17a2a2")
COLUMNS = 3
MOST = 12
"""More panels than this are not drawn."""


def draw_runs(path: Path, runs: Sequence[RunRecord]) -> None:
    """Draw the curves of runs into a file; training dashed, validation whole.

    Raises:
        UsageError: no run has an epoch behind it.
        CannotRunError: matplotlib is missing.
    """
    names = [
        name
        for name in dict.fromkeys(name for run in runs for name in run.curves)
        if not name.startswith("val_") and name != "learning_rate"
    ][:MOST]
    if not names:
        raise UsageError("none of the runs has an epoch behind it: there is nothing to draw")
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError as error:
        message = "pictures need matplotlib, which is not installed"
        raise CannotRunError(f"{message}: pip install 'keras-modelspec[tensorflow]'") from error
    columns = min(COLUMNS, len(names))
    rows = -(-len(names) // columns)
    legend = 0.3 + 0.22 * len(runs)
    size = (4.6 * columns, 3.2 * rows + legend)
    figure = Figure(figsize=size, dpi=110, layout="constrained")
    FigureCanvasAgg(figure)
    for index, name in enumerate(names):
        _panel(figure.add_subplot(rows, columns, index + 1), name, runs)
    _legend(figure, runs)
    figure.savefig(path, format="png")


def _panel(axes: Any, name: str, runs: Sequence[RunRecord]) -> None:
    from matplotlib.ticker import MaxNLocator

    for index, run in enumerate(runs):
        colour = COLOURS[index % len(COLOURS)]
        validates = f"val_{name}" in run.curves
        for key, style, width in ((name, "--", 1.1), (f"val_{name}", "-", 1.8)):
            if key in run.curves:
                faint = 0.55 if validates and key == name else 1.0
                axes.plot(
                    run.epochs,
                    run.curves[key],
                    style if validates else "-",
                    color=colour,
                    linewidth=width,
                    alpha=faint,
                )
    axes.set_title(name.replace("_", " "), fontsize=10)
    axes.set_xlabel("epoch", fontsize=8)
    axes.tick_params(labelsize=8)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=6, min_n_ticks=1))
    axes.grid(alpha=0.25)
    axes.spines[["top", "right"]].set_visible(False)


def _legend(figure: Any, runs: Sequence[RunRecord]) -> None:
    from matplotlib.lines import Line2D

    lines = [
        Line2D([], [], color=COLOURS[index % len(COLOURS)], linewidth=2, label=str(run.path))
        for index, run in enumerate(runs)
    ]
    if any(name.startswith("val_") for run in runs for name in run.curves):
        grey = "#444444"
        lines.append(Line2D([], [], color=grey, label="validation"))
        lines.append(Line2D([], [], color=grey, linestyle="--", alpha=0.6, label="training"))
    figure.legend(handles=lines, loc="outside lower center", ncols=min(3, len(lines)), fontsize=8)
