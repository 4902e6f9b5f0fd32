"""The predictions of several labels for one example against the truth: scores by label."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from modelspec.evaluation import Array, ClassScore, mean_of_scores, score_of
from modelspec.report import table
from modelspec.runs import OutputKind
from modelspec.training.predict import class_names, probabilities


@dataclass(frozen=True, slots=True)
class LabelScores:
    """One output of several labels on a split.

    Attributes:
        output: its name.
        labels: all labels.
        counts: [labels, 3]: how often each was predicted rightly, was predicted, and is true.
        examples: how many examples there are.
        exact: how many have exactly their labels predicted.
        threshold: a label was predicted above this probability.
    """

    output: str
    labels: tuple[str, ...]
    counts: npt.NDArray[np.int64]
    examples: int
    exact: int
    threshold: float

    @property
    def scores(self) -> tuple[ClassScore, ...]:
        """The scores of each label."""
        rows = self.counts.tolist()
        return tuple(score_of(name, *row) for name, row in zip(self.labels, rows, strict=True))

    def text(self) -> str:
        """For people."""
        share = self.exact / max(1, self.examples)
        head = (
            f"{self.output}: {share:.4f} of the examples have exactly their labels predicted"
            f" (a label is predicted above a probability of {self.threshold:g})"
        )
        numbers = "precision,recall,f1,support"
        rows = [score.cells(numbers) for score in (*self.scores, mean_of_scores(self.scores))]
        return f"{head}\n\n{table(('label', *numbers.split(',')), rows, right=numbers)}"

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {
            "labels": list(self.labels),
            "threshold": self.threshold,
            "exact": self.exact / max(1, self.examples),
            "classes": [score.to_dict() for score in self.scores],
            "macro": {
                key: value
                for key, value in mean_of_scores(self.scores).to_dict().items()
                if key != "label"
            },
        }


class LabelCounter:
    """Counts the predictions of one output, batch by batch.

    Args:
        output: its name.
        meaning: its `output_meaning`.
        threshold: predict a label above this probability.
    """

    def __init__(self, output: str, meaning: Mapping[str, Any], threshold: float) -> None:
        self.output = output
        self.meaning = meaning
        self.threshold = threshold
        self.labels: Sequence[str] = ()
        self.counts: npt.NDArray[np.int64] | None = None
        self.examples = self.exact = 0

    @staticmethod
    def has_labels(meaning: Mapping[str, Any]) -> bool:
        """Whether an output has several labels for an example."""
        return bool(meaning["kind"] == OutputKind.LABELS)

    def add(self, target: Array, values: Array, *masks: Array | None) -> None:
        """Count a batch.

        Args:
            target: [n, labels]: 1 for each label that is true.
            values: [n, labels]: the output of the model.
            masks: none, as there are no steps.
        """
        del masks
        self.labels = class_names(self.meaning, values.shape[-1])
        predicted, truth = probabilities(values, self.meaning) > self.threshold, target > 0.5
        found = [(predicted & truth).sum(axis=0), predicted.sum(axis=0), truth.sum(axis=0)]
        counts = np.stack(found, axis=1)
        self.counts = counts if self.counts is None else self.counts + counts
        self.examples += len(target)
        self.exact += int((predicted == truth).all(axis=1).sum())

    def result(self) -> LabelScores | None:
        """The counts; None before the first batch."""
        if self.counts is None:
            return None
        labels = tuple(self.labels)
        return LabelScores(
            self.output, labels, self.counts, self.examples, self.exact, self.threshold
        )
