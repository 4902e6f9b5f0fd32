"""Confusion matrices as a PNG: each row's shares as colour, its counts as numbers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from .confusion import Confusion

NUMBERED = 30
"""Larger matrices have colours alone."""


def draw_confusions(path: Path, found: Sequence[Confusion], title: str) -> None:
    """Draw a matrix for each output, side by side."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    sides = [min(12.0, 2.6 + 0.55 * len(one.labels)) for one in found]
    figure = Figure(
        figsize=(sum(sides) + 1.0 * len(found), max(sides) + 0.6), dpi=110, layout="constrained"
    )
    FigureCanvasAgg(figure)
    figure.suptitle(title, fontsize=11, fontweight="bold")
    for index, one in enumerate(found):
        _panel(figure, figure.add_subplot(1, len(found), index + 1), one)
    figure.savefig(path, format="png")


def _panel(figure: Any, axes: Any, found: Confusion) -> None:
    totals = np.maximum(1, found.counts.sum(axis=1, keepdims=True))
    shares = found.counts / totals
    image = axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    places = range(len(found.labels))
    size = 9 if len(found.labels) <= 12 else 7
    axes.set_xticks(places, found.labels, rotation=45, ha="right", fontsize=size)
    axes.set_yticks(places, found.labels, fontsize=size)
    axes.set_xlabel("answer", fontsize=9)
    axes.set_ylabel("truth", fontsize=9)
    axes.set_title(f"{found.output}: {found.accuracy:.2%} right", fontsize=10)
    if len(found.labels) <= NUMBERED:
        for row, column in np.ndindex(found.counts.shape):
            colour = "white" if shares[row, column] > 0.55 else "#222222"
            text = str(found.counts[row, column])
            axes.text(column, row, text, ha="center", va="center", color=colour, fontsize=size)
    bar = figure.colorbar(image, ax=axes, shrink=0.8)
    bar.set_label("share of the truth", fontsize=8)
    bar.ax.tick_params(labelsize=8)
