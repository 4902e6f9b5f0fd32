"""history.png: loss and each metric by epoch, training and validation side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

TRAIN, VALIDATION = "#1f6fb2", "#d95f0e"
COLUMNS = 3
MOST = 12
"""More panels than this are not drawn: history.csv has them all."""


def draw(
    path: Path, title: str, epochs: Sequence[int], curves: Mapping[str, Sequence[float]]
) -> None:
    """Draw the curves into a PNG file.

    Args:
        path: the file.
        title: the heading.
        epochs: their numbers.
        curves: name to a value for each epoch; `val_x` goes into the panel of `x`.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    names = [name for name in curves if not name.startswith("val_") and name != "learning_rate"]
    names = names[:MOST]
    columns = min(COLUMNS, len(names))
    rows = -(-len(names) // columns)
    figure = Figure(figsize=(4.2 * columns, 3.1 * rows + 0.4), dpi=110, layout="constrained")
    FigureCanvasAgg(figure)
    figure.suptitle(title, fontsize=12, fontweight="bold")
    for index, name in enumerate(names):
        axes = figure.add_subplot(rows, columns, index + 1)
        _panel(axes, name, epochs, curves)
    figure.savefig(path, format="png")


def _panel(
    axes: Any, name: str, epochs: Sequence[int], curves: Mapping[str, Sequence[float]]
) -> None:
    from matplotlib.ticker import MaxNLocator

    marker = "o" if len(epochs) < 15 else None
    pairs = ((name, "train", TRAIN), (f"val_{name}", "validation", VALIDATION))
    for key, label, colour in pairs:
        values = curves.get(key)
        if values is None:
            continue
        known = list(epochs)[-len(values) :]
        last = f"{label} {values[-1]:.4g}"
        axes.plot(
            known, values, color=colour, label=last, marker=marker, markersize=3, linewidth=1.6
        )
    axes.set_title(name.replace("_", " "), fontsize=10)
    axes.set_xlabel("epoch", fontsize=8)
    axes.tick_params(labelsize=8)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=6, min_n_ticks=1))
    axes.grid(alpha=0.25)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(fontsize=8, frameon=False)
