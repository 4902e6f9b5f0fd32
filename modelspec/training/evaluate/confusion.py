"""How a classifier's answers compare with the truth: class by class, and who is taken for whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from modelspec.training.predict import HALF, class_names, probabilities
from modelspec.training.prepare import BINARY, CLASSES

Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class ClassScore:
    """What is reached on one class; a share of nothing is None.

    Attributes:
        label: its name.
        precision: how much of what is called so is so.
        recall: how much of what is so is called so.
        f1: their harmonic mean.
        support: how many examples (or places of examples) are so.
    """

    label: str
    precision: float | None
    recall: float | None
    f1: float | None
    support: int


@dataclass(frozen=True, slots=True)
class Confusion:
    """One output of a classifier on a split.

    Attributes:
        output: its name.
        labels: the classes.
        counts: [classes, classes]: row the truth, column the answer.
        threshold: from which probability on the second of two classes was said; else None.
    """

    output: str
    labels: tuple[str, ...]
    counts: npt.NDArray[np.int64]
    threshold: float | None = None

    @property
    def accuracy(self) -> float:
        """How many answers are right."""
        return float(np.trace(self.counts) / max(1, self.counts.sum()))

    @property
    def classes(self) -> tuple[ClassScore, ...]:
        """The table of classes."""
        right, said, there = np.diag(self.counts), self.counts.sum(axis=0), self.counts.sum(axis=1)
        return tuple(
            _score(label, int(right[i]), int(said[i]), int(there[i]))
            for i, label in enumerate(self.labels)
        )

    @property
    def macro(self) -> ClassScore:
        """The means over the classes that occur, each counting alike."""
        found = [one for one in self.classes if one.support]

        def mean(name: str) -> float | None:
            return float(np.mean([getattr(one, name) or 0.0 for one in found])) if found else None

        total = int(self.counts.sum())
        return ClassScore("mean", mean("precision"), mean("recall"), mean("f1"), total)

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""

        def plain(one: ClassScore) -> dict[str, Any]:
            return {name: getattr(one, name) for name in ClassScore.__slots__}

        return {
            "labels": list(self.labels),
            "threshold": self.threshold,
            "accuracy": self.accuracy,
            "classes": [plain(one) for one in self.classes],
            "macro": {k: v for k, v in plain(self.macro).items() if k != "label"},
            "confusion": self.counts.tolist(),
        }


def _score(label: str, right: int, said: int, there: int) -> ClassScore:
    precision = right / said if said else None
    recall = right / there if there else None
    f1 = 2 * right / (said + there) if said + there else None
    return ClassScore(label, precision, recall, f1, there)


class Counter:
    """Counts answers of one output, batch by batch."""

    def __init__(self, output: str, meaning: Mapping[str, Any], threshold: float = HALF) -> None:
        self.output, self.meaning, self.threshold = output, meaning, threshold
        self.counts: npt.NDArray[np.int64] | None = None
        self.labels: Sequence[str] = ()

    @staticmethod
    def counts_what(meaning: Mapping[str, Any]) -> bool:
        """Whether an output has classes to be counted."""
        return meaning["kind"] in (CLASSES, BINARY)

    def add(self, target: Array, given: Array) -> None:
        """Take what should be said, [n, ...], and what the model gives, [n, ..., units]."""
        sure = probabilities(given, self.meaning)
        if self.meaning["kind"] == BINARY:
            self.labels = list(self.meaning["labels"])
            said = (sure > self.threshold).astype(np.int64)
            truth = (target > HALF).astype(np.int64)
        else:
            self.labels = class_names(self.meaning, given.shape[-1])
            said = sure.argmax(axis=-1)
            one_hot = target.shape == given.shape and given.shape[-1] > 1
            truth = target.argmax(axis=-1) if one_hot else target.astype(np.int64)
        size = len(self.labels)
        if self.counts is None:
            self.counts = np.zeros((size, size), dtype=np.int64)
        places = truth.reshape(-1) * size + said.reshape(-1)
        self.counts += np.bincount(places, minlength=size * size).reshape(size, size)

    def result(self) -> Confusion | None:
        """What was counted; None before the first batch."""
        if self.counts is None:
            return None
        threshold = self.threshold if self.meaning["kind"] == BINARY else None
        return Confusion(self.output, tuple(self.labels), self.counts, threshold)
