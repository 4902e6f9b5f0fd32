"""Training curves as a PNG: of one run (history.png), or of several in one picture."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from modelspec.diagnostics import CannotRunError, UsageError

from .record import RunRecord

TRAIN, VALIDATION = "#1f6fb2", "#d95f0e"
"""The colours of the splits in the picture of one run."""

COLOURS = ("#1f6fb2", "#d95f0e", "#2a8c4a", "#7b4ea3", "#c2185b", "#6d6d6d", "#b8860b", "#17a2a2")
"""The colours of runs, used in turn."""

COLUMNS = 3
PANEL = 4.2, 3.1
"""The width and height in inches of a panel in the picture of one run, with its labels."""

TITLE = 0.4
"""Inches above its panels."""

MAX_PANELS = 12
"""More metrics are not drawn: history.csv has them all."""


def draw_history(
    path: Path, title: str, epochs: Sequence[int], curves: Mapping[str, Sequence[float]]
) -> None:
    """Draw the curves of one run into a PNG file, a panel for each metric.

    Args:
        path: the file.
        title: the heading.
        epochs: their numbers.
        curves: name to a value for each epoch; `val_x` goes into the panel of `x`.
    """
    names = _metric_names(curves)
    figure, panels = _figure(len(names), PANEL, extra_height=TITLE)
    _place_panels(figure)
    figure.suptitle(title, y=1 - 0.12 / figure.get_size_inches()[1], fontsize=12, fontweight="bold")
    marker = "o" if len(epochs) < 15 else None
    for name, axes in zip(names, panels, strict=True):
        for key, split, colour in (
            (name, "train", TRAIN),
            (f"val_{name}", "validation", VALIDATION),
        ):
            values = curves.get(key)
            if values is not None:
                axes.plot(
                    list(epochs)[-len(values) :],
                    values,
                    color=colour,
                    label=f"{split} {values[-1]:.4g}",
                    marker=marker,
                    markersize=3,
                    linewidth=1.6,
                )
        _style(axes, name)
        axes.legend(fontsize=8, frameon=False)
    figure.savefig(path, format="png")


def draw_runs(path: Path, runs: Sequence[RunRecord]) -> None:
    """Draw the curves of several runs into a PNG file: a panel for each metric, a colour for each
    run, training dashed, validation solid.

    Raises:
        UsageError: no run has completed an epoch.
        CannotRunError: matplotlib is missing.
    """
    names = _metric_names(name for run in runs for name in run.curves)
    if not names:
        raise UsageError("there is nothing to draw: none of the runs has completed an epoch")
    try:
        import matplotlib  # noqa: F401
    except ImportError as error:
        message = "pictures need matplotlib, which is not installed"
        raise CannotRunError(f"{message}: pip install 'keras-modelspec[tensorflow]'") from error
    figure, panels = _figure(len(names), (4.6, 3.2), extra_height=0.3 + 0.22 * len(runs))
    figure.set_layout_engine("constrained")
    for name, axes in zip(names, panels, strict=True):
        for index, run in enumerate(runs):
            _plot_run(axes, name, run, COLOURS[index % len(COLOURS)])
        _style(axes, name)
    _add_legend(figure, runs)
    figure.savefig(path, format="png")


def _metric_names(curves: Iterable[str]) -> list[str]:
    """The metrics that get a panel, in the order of the curves."""
    names = [name for name in curves if not name.startswith("val_") and name != "learning_rate"]
    return list(dict.fromkeys(names))[:MAX_PANELS]


def _figure(count: int, size: tuple[float, float], *, extra_height: float) -> tuple[Any, list[Any]]:
    """A figure with `count` panels of a size in inches, drawn without a display."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    columns = min(COLUMNS, count)
    rows = -(-count // columns)
    whole = (size[0] * columns, size[1] * rows + extra_height)
    figure = Figure(figsize=whole, dpi=110)
    FigureCanvasAgg(figure)
    return figure, [figure.add_subplot(rows, columns, index + 1) for index in range(count)]


def _place_panels(figure: Any) -> None:
    """Leave room around each panel of the picture of one run for the labels that it has.

    Matplotlib's own layout draws everything twice, and each training draws such a picture.
    """
    left, right, below, above = 0.7, 0.15, 0.5, 0.35
    width, height = figure.get_size_inches()
    figure.subplots_adjust(
        left=left / width,
        right=1 - right / width,
        bottom=below / height,
        top=1 - (TITLE + above) / height,
        wspace=(left + right) / (PANEL[0] - left - right),
        hspace=(below + above) / (PANEL[1] - below - above),
    )


def _plot_run(axes: Any, name: str, run: RunRecord, colour: str) -> None:
    validates = f"val_{name}" in run.curves
    for key, style, width in ((name, "--", 1.1), (f"val_{name}", "-", 1.8)):
        if key in run.curves:
            axes.plot(
                run.epochs,
                run.curves[key],
                style if validates else "-",
                color=colour,
                linewidth=width,
                alpha=0.55 if validates and key == name else 1.0,
            )


def _style(axes: Any, name: str) -> None:
    from matplotlib.ticker import MaxNLocator

    axes.set_title(name.replace("_", " "), fontsize=10)
    axes.set_xlabel("epoch", fontsize=8)
    axes.tick_params(labelsize=8)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=6, min_n_ticks=1))
    axes.grid(alpha=0.25)
    axes.spines[["top", "right"]].set_visible(False)


def _add_legend(figure: Any, runs: Sequence[RunRecord]) -> None:
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
