"""How well each class is told from the others: precision, recall and F1, and a confusion matrix."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from modelspec.runs import OutputKind

from .predictions import Array, OutputPredictions

Counts = npt.NDArray[np.int64]

MOST_CLASSES = 2000
"""Of a confusion matrix, which has 32 MB then."""


@dataclass(frozen=True, slots=True)
class ClassScore:
    """The scores of one class; a fraction of nothing is None.

    Attributes:
        label: its name.
        precision: the fraction of the predictions of this class that are right.
        recall: the fraction of the examples of this class that are predicted as such.
        f1: their harmonic mean.
        support: how many examples (or positions in examples) are of this class.
        iou: for pixels, those that are of this class and predicted as such, as a fraction of those
            that are one of both; else None.
    """

    label: str
    precision: float | None
    recall: float | None
    f1: float | None
    support: int
    iou: float | None = None

    def to_dict(self, *, of_pixels: bool = False) -> dict[str, Any]:
        """Plain data for JSON; the IoU where the class is that of pixels."""
        names = [name for name in ClassScore.__slots__ if name != "iou" or of_pixels]
        return {name: getattr(self, name) for name in names}

    def cells(self, names: str) -> tuple[str, ...]:
        """The row of a table for people: the values of some columns, separated by commas."""
        values = [getattr(self, name.lower()) for name in names.split(",")]
        return (self.label, *("-" if value is None else _shown(value) for value in values))


def _shown(value: float) -> str:
    return str(value) if isinstance(value, int) else f"{value:.4f}"


def score_of(
    label: str, right: int, predicted: int, actual: int, *, of_pixels: bool = False
) -> ClassScore:
    """The scores of a class that is predicted and occurs so often."""
    precision = right / predicted if predicted else None
    recall = right / actual if actual else None
    f1 = 2 * right / (predicted + actual) if predicted + actual else None
    either = predicted + actual - right
    iou = right / either if of_pixels and either else None
    return ClassScore(label, precision, recall, f1, actual, iou)


def mean_of_scores(scores: Sequence[ClassScore]) -> ClassScore:
    """The unweighted means over the classes that occur."""
    there = [score for score in scores if score.support]

    def mean(name: str) -> float | None:
        values = [getattr(score, name) or 0.0 for score in there]
        return float(np.mean(values)) if values else None

    total = sum(score.support for score in scores)
    return ClassScore("mean", mean("precision"), mean("recall"), mean("f1"), total)


def count_confusions(truth: Array, predicted: Array, size: int) -> Counts:
    """The confusion matrix [size, size] of class numbers [n]: row the truth, column the
    prediction."""
    cells = np.bincount(truth * size + predicted, minlength=size * size)
    return cells.reshape(size, size).astype(np.int64)


def scores_of_confusions(
    labels: Sequence[str], counts: Counts, *, of_pixels: bool = False
) -> tuple[ClassScore, ...]:
    """The scores of each class of a confusion matrix."""
    right, predicted, actual = np.diag(counts), counts.sum(axis=0), counts.sum(axis=1)
    rows = np.stack([right, predicted, actual], axis=1).tolist()
    return tuple(
        score_of(label, *row, of_pixels=of_pixels) for label, row in zip(labels, rows, strict=True)
    )


def confusions_of(output: OutputPredictions) -> Counts:
    """The confusion matrix of the rows that count, of an output with classes."""
    counted = output.counted()
    return count_confusions(counted.truth, counted.decisions(), len(output.labels))


def why_no_matrix(output: str, classes: int) -> str:
    """Why an output of so many classes has no confusion matrix, as a sentence; "" if it has one."""
    if classes <= MOST_CLASSES:
        return ""
    most = f"a confusion matrix is of {MOST_CLASSES:,} at most"
    return f"`{output}` has {classes:,} classes, and {most}"


def scores_of_classes(output: OutputPredictions) -> tuple[ClassScore, ...]:
    """The scores of each class or label; none of an output of numbers, or of more classes than a
    confusion matrix has."""
    if output.kind is OutputKind.LABELS:
        decided, truth = output.decisions(), output.truth.astype(bool)
        sums = [part.sum(axis=0) for part in (decided & truth, decided, truth)]
        rows = np.stack(sums, axis=1).tolist()
        return tuple(score_of(name, *row) for name, row in zip(output.labels, rows, strict=True))
    if output.kind is OutputKind.NUMBERS or why_no_matrix(output.name, len(output.labels)):
        return ()
    return scores_of_confusions(output.labels, confusions_of(output))
