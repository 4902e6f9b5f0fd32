"""The predictions of a run on one of its splits: what every measure here is computed from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from modelspec.runs import OutputKind

Array = npt.NDArray[Any]

NOT_COUNTED = -1
"""The truth of a row whose class the loss ignores, or that has none."""


@dataclass(frozen=True, slots=True, eq=False)
class OutputPredictions:
    """What a model says of one output for n rows, beside the truth.

    Attributes:
        name: of the output.
        kind: what its numbers mean: classes, binary, labels or numbers.
        truth: of classes and of binary outputs int64 [n], the position in `labels`, or
            `NOT_COUNTED`; of labels bool [n, labels]; of numbers float64 [n, targets].
        scores: probabilities float64 [n, classes]; of binary outputs [n], that of the second
            class; of labels [n, labels]. Of numbers [n, targets], and with `quantiles`
            [n, targets, quantiles].
        labels: the classes or labels; empty for numbers.
        columns: the names of the targets, where the output has numbers.
        quantiles: those of the last axis of `scores`, where there are some.
        threshold: predict the second of two classes, or a label, above this probability.
        weights: float64 [n]: the weight of each row; None where all weigh 1.
    """

    name: str
    kind: OutputKind
    truth: Array
    scores: Array
    labels: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    quantiles: tuple[float, ...] = ()
    threshold: float = 0.5
    weights: Array | None = None

    def __len__(self) -> int:
        """How many rows there are."""
        return len(self.truth)

    def take(self, rows: Array) -> OutputPredictions:
        """Those of some rows, by position or by a mask bool [n]."""
        weights = None if self.weights is None else self.weights[rows]
        return replace(self, truth=self.truth[rows], scores=self.scores[rows], weights=weights)

    def counted_rows(self) -> Array:
        """Of which rows the truth counts, bool [n]."""
        if self.kind in (OutputKind.CLASSES, OutputKind.BINARY):
            return np.asarray(self.truth != NOT_COUNTED)
        return np.ones(len(self), dtype=np.bool_)

    def counted(self) -> OutputPredictions:
        """Those of the rows whose truth counts."""
        rows = self.counted_rows()
        return self if rows.all() else self.take(rows)

    def not_numbers(self) -> str:
        """A sentence on the rows for which the model says NaN or infinity; "" if there are none."""
        finite = np.isfinite(self.scores).all(axis=tuple(range(1, self.scores.ndim)))
        count = len(self) - int(finite.sum())
        if not count:
            return ""
        said = f"{count:,} of {len(self):,} predictions are not numbers but NaN or infinite"
        if self.kind is OutputKind.NUMBERS:
            return said
        return f"{said}: they decide for {self._of_nothing()} whatever the input is"

    def _of_nothing(self) -> str:
        """What NaN is taken for by `decisions`."""
        if self.kind is OutputKind.LABELS:
            return "no label"
        return f"`{self.labels[0]}`" if self.labels else "the first class"

    def decisions(self) -> Array:
        """What is predicted: positions int64 [n] in `labels`; of labels bool [n, labels].

        Raises:
            ValueError: the output has numbers.
        """
        if self.kind is OutputKind.CLASSES:
            return np.asarray(self.scores.argmax(axis=-1), dtype=np.int64)
        if self.kind is OutputKind.BINARY:
            return (self.scores > self.threshold).astype(np.int64)
        if self.kind is OutputKind.LABELS:
            return np.asarray(self.scores > self.threshold)
        raise ValueError(f"`{self.name}` has numbers, which decide nothing")


def joined_outputs(parts: Sequence[OutputPredictions]) -> OutputPredictions:
    """The predictions of one output for several lots of rows, one after another.

    Args:
        parts: at least one; without weights in all, rows have none.
    """
    if len(parts) == 1:
        return parts[0]
    weights = [one.weights for one in parts if one.weights is not None]
    return replace(
        parts[0],
        truth=np.concatenate([one.truth for one in parts]),
        scores=np.concatenate([one.scores for one in parts]),
        weights=np.concatenate(weights) if len(weights) == len(parts) else None,
    )


@dataclass(frozen=True, slots=True, eq=False)
class SplitPredictions:
    """The predictions of all outputs for the n rows of a split.

    Attributes:
        split: "train", "validation" or "test".
        outputs: by name.
        places: where each row is: `row`, its number in the file as messages have it, and `file`
            where there are several; of series the window's.
        columns: what is known of each row besides: the columns that the data section reads, and
            those that slices are made by; text as objects, None where a cell is empty.
        left_out: the outputs that are not in `outputs`, each with the reason as a sentence's end:
            "is an image".
    """

    split: str
    outputs: Mapping[str, OutputPredictions]
    places: Mapping[str, Array] = field(default_factory=dict)
    columns: Mapping[str, Array] = field(default_factory=dict)
    left_out: Mapping[str, str] = field(default_factory=dict)

    def __len__(self) -> int:
        """How many rows there are."""
        return len(next(iter(self.outputs.values())))


def joined_predictions(parts: Sequence[SplitPredictions]) -> SplitPredictions:
    """The predictions of several runs of one spec on their splits of one name, one after another.

    Args:
        parts: at least one; columns and places that not all have are left out.
    """
    first = parts[0]

    def columns(name: str) -> dict[str, Array]:
        each: list[Mapping[str, Array]] = [getattr(part, name) for part in parts]
        shared = [key for key in each[0] if all(key in one for one in each)]
        return {key: np.concatenate([one[key] for one in each]) for key in shared}

    outputs = {
        name: joined_outputs([part.outputs[name] for part in parts])
        for name in first.outputs
        if all(name in part.outputs for part in parts)
    }
    left_out = {name: why for part in parts for name, why in part.left_out.items()}
    places, known = columns("places"), columns("columns")
    return SplitPredictions(first.split, outputs, places, known, left_out)
