"""The predictions of a classifier against the truth: scores by class, and a confusion matrix."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from modelspec.evaluation import ClassScore, count_confusions, mean_of_scores, scores_of_confusions
from modelspec.runs import OutputKind
from modelspec.training.predict import DEFAULT_THRESHOLD, class_names, probabilities

Array = npt.NDArray[Any]

PIXEL_AXES = 3
"""Axes of the class numbers of masks, [n, height, width]; more are those of volumes."""


@dataclass(frozen=True, slots=True)
class Confusion:
    """One output of a classifier on a split.

    Attributes:
        output: its name.
        labels: the classes.
        counts: [classes, classes]: row the truth, column the prediction.
        threshold: the second of two classes was predicted above this probability; else None.
        of_pixels: whether pixels were counted, those of masks, rather than examples or steps.
    """

    output: str
    labels: tuple[str, ...]
    counts: npt.NDArray[np.int64]
    threshold: float | None = None
    of_pixels: bool = False

    @property
    def accuracy(self) -> float:
        """The fraction of the predictions that are right."""
        return float(np.trace(self.counts) / max(1, self.counts.sum()))

    @property
    def classes(self) -> tuple[ClassScore, ...]:
        """The scores of each class."""
        return scores_of_confusions(self.labels, self.counts, of_pixels=self.of_pixels)

    @property
    def macro(self) -> ClassScore:
        """The unweighted means over the classes that occur."""
        return replace(mean_of_scores(self.classes), iou=self.mean_iou)

    @property
    def mean_iou(self) -> float | None:
        """The mean IoU of the classes that occur or are predicted, as Keras's MeanIoU."""
        found = [score.iou for score in self.classes if score.iou is not None]
        return float(np.mean(found)) if found else None

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""

        def fields(score: ClassScore) -> dict[str, Any]:
            return score.to_dict(of_pixels=self.of_pixels)

        return {
            "labels": list(self.labels),
            "threshold": self.threshold,
            "accuracy": self.accuracy,
            "classes": [fields(score) for score in self.classes],
            "macro": {k: v for k, v in fields(self.macro).items() if k != "label"},
            "confusion": self.counts.tolist(),
        }


class ConfusionCounter:
    """Counts the predictions of one output, batch by batch.

    Args:
        output: its name.
        meaning: its `output_meaning`, of a kind with classes.
        threshold: predict the positive class above this probability.
        ignored: the class number that does not count, or None.
    """

    def __init__(
        self,
        output: str,
        meaning: Mapping[str, Any],
        threshold: float = DEFAULT_THRESHOLD,
        ignored: int | None = None,
    ) -> None:
        self.output = output
        self.ignored = ignored
        self.meaning = meaning
        self.threshold = threshold
        self.counts: npt.NDArray[np.int64] | None = None
        self.labels: Sequence[str] = ()
        self.of_pixels = False

    @staticmethod
    def has_classes(meaning: Mapping[str, Any]) -> bool:
        """Whether an output has classes."""
        return meaning["kind"] in (OutputKind.CLASSES, OutputKind.BINARY)

    @property
    def is_binary(self) -> bool:
        """Whether the output is one probability for two classes."""
        return bool(self.meaning["kind"] == OutputKind.BINARY)

    def add(self, target: Array, values: Array, *masks: Array | None) -> None:
        """Count a batch. What has no class, and what the loss ignores, is left out.

        Args:
            target: [n, ...] class numbers, or [n, ..., classes] one-hot.
            values: [n, ..., units]: the output of the model.
            masks: [n, ...] each: false where the output is padding, which no metric counts.
        """
        scores = probabilities(values, self.meaning)
        if self.is_binary:
            self.labels = list(self.meaning["labels"])
            predicted = (scores > self.threshold).astype(np.int64)
            truth = (target > 0.5).astype(np.int64)
        else:
            self.labels = class_names(self.meaning, values.shape[-1])
            predicted = scores.argmax(axis=-1)
            is_one_hot = target.shape == values.shape and values.shape[-1] > 1
            truth = target.argmax(axis=-1) if is_one_hot else target.astype(np.int64)
        size = len(self.labels)
        self.of_pixels = predicted.ndim >= PIXEL_AXES
        if self.counts is None:
            self.counts = np.zeros((size, size), dtype=np.int64)
        truth, predicted = truth.reshape(-1), predicted.reshape(-1)
        keep = (truth >= 0) & (truth < size)
        if self.ignored is not None:
            keep &= truth != self.ignored
        for mask in masks:
            if mask is not None and len(truth) % mask.size == 0:  # of a step, for all that is in it
                keep &= np.repeat(mask.reshape(-1), len(truth) // mask.size)
        self.counts += count_confusions(truth[keep], predicted[keep], size)

    def result(self) -> Confusion | None:
        """The counts; None before the first batch."""
        if self.counts is None:
            return None
        threshold = self.threshold if self.is_binary else None
        return Confusion(self.output, tuple(self.labels), self.counts, threshold, self.of_pixels)
