"""The scores of classes and a confusion matrix as text and as a picture."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from modelspec.evaluation import Confusion
from modelspec.report import table

MAX_PRINTED = 20
"""The matrix of more classes is not printed: its largest errors are."""

MAX_NUMBERED = 30
"""The picture of more classes has colours alone."""

NUMBERS = "precision,recall,f1,support"

IOU = "IoU"


def confusion_text(confusion: Confusion) -> str:
    """The scores of the classes, then the matrix, or the classes confused most often."""
    what = "pixels" if confusion.of_pixels else "predictions"
    head = f"{confusion.output}: {confusion.accuracy:.4f} of the {what} are right"
    if confusion.mean_iou is not None:
        head += f", mean IoU {confusion.mean_iou:.4f}"
    if confusion.threshold is not None:
        second = confusion.labels[1]
        head += f' ("{second}" is predicted above a probability of {confusion.threshold:g})'
    names = f"{IOU},{NUMBERS}" if confusion.of_pixels else NUMBERS
    rows = [score.cells(names) for score in (*confusion.classes, confusion.macro)]
    scores = table(("class", *names.split(",")), rows, right=names)
    is_small = len(confusion.labels) <= MAX_PRINTED
    return f"{head}\n\n{scores}\n{_matrix(confusion) if is_small else _largest_errors(confusion)}"


def _matrix(confusion: Confusion) -> str:
    names = [f"-> {label}" for label in confusion.labels]
    rows = [
        (label, *map(str, counts))
        for label, counts in zip(confusion.labels, confusion.counts.tolist(), strict=True)
    ]
    return table(("truth", *names), rows, right=",".join(names))


def _largest_errors(confusion: Confusion) -> str:
    errors = [
        (int(count), truth, predicted)
        for truth, counts in zip(confusion.labels, confusion.counts.tolist(), strict=True)
        for predicted, count in zip(confusion.labels, counts, strict=True)
        if truth != predicted and count
    ]
    errors.sort(key=lambda error: -error[0])
    rows = [(truth, predicted, str(count)) for count, truth, predicted in errors[:MAX_PRINTED]]
    return table(("truth", "prediction", "times"), rows, right="times")


def draw_confusions(path: Path, confusions: Sequence[Confusion], title: str) -> None:
    """Draw the matrices into a PNG file side by side: the fractions of each row as colours, the
    counts as numbers."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    sides = [min(12.0, 2.6 + 0.55 * len(confusion.labels)) for confusion in confusions]
    figure = Figure(
        figsize=(sum(sides) + 1.0 * len(confusions), max(sides) + 0.6),
        dpi=110,
        layout="constrained",
    )
    FigureCanvasAgg(figure)
    figure.suptitle(title, fontsize=11, fontweight="bold")
    for index, confusion in enumerate(confusions):
        _draw_matrix(figure, figure.add_subplot(1, len(confusions), index + 1), confusion)
    figure.savefig(path, format="png")


def _draw_matrix(figure: Any, axes: Any, confusion: Confusion) -> None:
    totals = np.maximum(1, confusion.counts.sum(axis=1, keepdims=True))
    fractions = confusion.counts / totals
    image = axes.imshow(fractions, cmap="Blues", vmin=0, vmax=1)
    ticks = range(len(confusion.labels))
    size = 9 if len(confusion.labels) <= 12 else 7
    axes.set_xticks(ticks, confusion.labels, rotation=45, ha="right", fontsize=size)
    axes.set_yticks(ticks, confusion.labels, fontsize=size)
    axes.set_xlabel("prediction", fontsize=9)
    axes.set_ylabel("truth", fontsize=9)
    axes.set_title(f"{confusion.output}: {confusion.accuracy:.2%} right", fontsize=10)
    if len(confusion.labels) <= MAX_NUMBERED:
        for row, column in np.ndindex(confusion.counts.shape):
            colour = "white" if fractions[row, column] > 0.55 else "#222222"
            text = str(confusion.counts[row, column])
            axes.text(column, row, text, ha="center", va="center", color=colour, fontsize=size)
    bar = figure.colorbar(image, ax=axes, shrink=0.8)
    bar.set_label("fraction of the truth", fontsize=8)
    bar.ax.tick_params(labelsize=8)
