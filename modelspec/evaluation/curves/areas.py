"""How well scores tell classes apart at every threshold: ROC and precision-recall curves.

The curves and areas are those of Fawcett, "An introduction to ROC analysis" (Pattern Recognition
Letters 27, 2006), where equal scores are one point; the average precision is the sum of the
precisions at each recall, weighted by what the recall grows by, without interpolation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite, nan
from typing import Any

import numpy as np

from modelspec.evaluation.predictions import Array, OutputPredictions, SplitPredictions
from modelspec.report import table
from modelspec.runs import OutputKind

MOST_SHOWN = 20
"""Of more classes people are shown those that are told apart worst."""

NUMBERS = "ROC AUC,average precision,support"


@dataclass(frozen=True, slots=True, eq=False)
class Counts:
    """How much is predicted rightly and wrongly at each threshold that makes a difference.

    Attributes:
        thresholds: float64 [m], falling: what is at least as large is predicted as positive.
        true_positives: float64 [m]: the weight of the positive ones among it.
        false_positives: float64 [m]: that of the others.
        positives: the weight of all positive ones.
        negatives: that of all others.
    """

    thresholds: Array
    true_positives: Array
    false_positives: Array
    positives: float
    negatives: float


def counts_of(truth: Array, scores: Array, weights: Array | None = None) -> Counts:
    """The counts at each distinct score.

    Args:
        truth: bool [n].
        scores: float64 [n].
        weights: float64 [n]; None where all weigh 1.
    """
    each = np.ones(len(truth)) if weights is None else weights
    known = each > 0  # a threshold that only rows without weight reach is none
    truth, scores, each = truth[known], scores[known], each[known]
    order = np.argsort(-scores, kind="stable")
    truth, scores, each = truth[order], scores[order], each[order]
    ends = np.flatnonzero(np.append(scores[1:] != scores[:-1], len(scores) > 0))
    right = np.cumsum(np.where(truth, each, 0.0))
    wrong = np.cumsum(np.where(truth, 0.0, each))
    total = (float(right[-1]), float(wrong[-1])) if len(right) else (0.0, 0.0)
    return Counts(scores[ends], right[ends], wrong[ends], *total)


@dataclass(frozen=True, slots=True, eq=False)
class ClassCurves:
    """The curves of one class against all others, or of one label.

    Attributes:
        label: its name.
        support: how many rows are of it.
        roc_auc: the area under the ROC curve: how often a row of the class has a higher score than
            another one; NaN where all rows are of it, or none.
        average_precision: NaN where no row is of it.
        counts: what the curves are drawn by.
    """

    label: str
    support: int
    roc_auc: float
    average_precision: float
    counts: Counts

    def roc(self) -> tuple[Array, Array]:
        """The curve from (0, 0) on: false positive rates and true positive rates; NaN of none."""
        counts = self.counts
        return _fractions(counts.false_positives, counts.negatives), _fractions(
            counts.true_positives, counts.positives
        )

    def precision_recall(self) -> tuple[Array, Array]:
        """The recalls, rising, and the precision at each."""
        counts = self.counts
        said = counts.true_positives + counts.false_positives
        return _fractions(counts.true_positives, counts.positives)[1:], counts.true_positives / said

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {
            "label": self.label,
            "roc_auc": _or_none(self.roc_auc),
            "average_precision": _or_none(self.average_precision),
            "support": self.support,
        }

    def cells(self) -> tuple[str, ...]:
        """The row of a table for people."""
        areas = (self.roc_auc, self.average_precision)
        return (self.label, *map(_shown, areas), str(self.support))


@dataclass(frozen=True, slots=True, eq=False)
class OutputCurves:
    """The curves of an output with classes or labels.

    Attributes:
        output: its name.
        classes: of two classes with one probability the second alone; else of each class or label.
    """

    output: str
    classes: tuple[ClassCurves, ...]

    @property
    def roc_auc(self) -> float:
        """The unweighted mean over the classes that have one; NaN where none has."""
        return _mean([one.roc_auc for one in self.classes])

    @property
    def average_precision(self) -> float:
        """The unweighted mean over the classes that have one; NaN where none has."""
        return _mean([one.average_precision for one in self.classes])

    @property
    def missing(self) -> tuple[str, ...]:
        """The classes without a ROC curve, as all rows are of them, or none."""
        return tuple(one.label for one in self.classes if not isfinite(one.roc_auc))

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {
            "classes": [one.to_dict() for one in self.classes],
            "macro": {
                "roc_auc": _or_none(self.roc_auc),
                "average_precision": _or_none(self.average_precision),
            },
        }

    def text(self) -> str:
        """For people."""
        shown, head = (
            self.classes,
            f"{self.output}: areas under the ROC and the precision-recall curve",
        )
        if len(shown) > MOST_SHOWN:
            shown = tuple(sorted(shown, key=_worst_first)[:MOST_SHOWN])
            head += f", the {MOST_SHOWN} smallest of {len(self.classes)} classes"
        rows = [one.cells() for one in shown]
        if len(self.classes) > 1:
            total = str(sum(one.support for one in self.classes))
            rows.append(("mean", _shown(self.roc_auc), _shown(self.average_precision), total))
        text = f"{head}\n\n{table(('class', *NUMBERS.split(',')), rows, right=NUMBERS)}"
        if self.missing:
            text += f"{self._why_missing()}\n"
        return text

    def _why_missing(self) -> str:
        missing = self.missing
        names = ", ".join(missing[:3]) + (", ..." if len(missing) > 3 else "")
        what = "means are of the others" if len(self.classes) > 1 else "there is no area"
        return f"all rows are of {names}, or none is, so that there is no ROC curve: {what}"


def _worst_first(one: ClassCurves) -> float:
    return one.roc_auc if isfinite(one.roc_auc) else 2.0


def curves_of(output: OutputPredictions) -> OutputCurves | None:
    """The curves of an output; None for one of numbers, and where no row counts.

    Rows count by their weights.
    """
    if output.kind not in (OutputKind.CLASSES, OutputKind.BINARY, OutputKind.LABELS):
        return None
    counted = output.counted()
    if not len(counted):
        return None
    truth, scores = counted.truth, counted.scores
    if output.kind is OutputKind.BINARY:
        second = _curves_of_class(output.labels[1], truth == 1, scores, counted.weights)
        return OutputCurves(output.name, (second,))
    found = tuple(
        _curves_of_class(
            label,
            truth[:, i] if output.kind is OutputKind.LABELS else truth == i,
            scores[:, i],
            counted.weights,
        )
        for i, label in enumerate(output.labels)
    )
    return OutputCurves(output.name, found)


def all_curves(predictions: SplitPredictions) -> tuple[OutputCurves, ...]:
    """The curves of all outputs that have some."""
    found = map(curves_of, predictions.outputs.values())
    return tuple(curves for curves in found if curves is not None)


def _curves_of_class(label: str, truth: Array, scores: Array, weights: Array | None) -> ClassCurves:
    counts = counts_of(truth, scores, weights)
    return ClassCurves(label, int(truth.sum()), roc_auc(counts), average_precision(counts), counts)


def roc_auc(counts: Counts) -> float:
    """The area under the ROC curve, by trapezoids; NaN where all are positive, or none is."""
    if not counts.positives or not counts.negatives:
        return nan
    hits = np.concatenate([[0.0], counts.true_positives])
    steps = np.diff(counts.false_positives, prepend=0.0)
    area = float((steps * (hits[1:] + hits[:-1])).sum() / 2)
    return area / (counts.positives * counts.negatives)


def average_precision(counts: Counts) -> float:
    """The mean of the precisions, each by what the recall grows by; NaN where none is positive."""
    if not counts.positives:
        return nan
    precision = counts.true_positives / (counts.true_positives + counts.false_positives)
    grown = np.diff(counts.true_positives, prepend=0.0)
    return float((grown * precision).sum() / counts.positives)


def _fractions(counts: Array, total: float) -> Array:
    whole = np.concatenate([[0.0], counts])
    return whole / total if total else np.full(len(whole), nan)


def _mean(values: Sequence[float]) -> float:
    known = [value for value in values if isfinite(value)]
    return float(np.mean(known)) if known else nan


def _or_none(value: float) -> float | None:
    return value if isfinite(value) else None


def _shown(value: float) -> str:
    return f"{value:.4f}" if isfinite(value) else "-"
