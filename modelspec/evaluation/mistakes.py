"""The rows that a model is most wrong about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from modelspec.report import table
from modelspec.runs import OutputKind

from .measures import points
from .predictions import Array, OutputPredictions, SplitPredictions
from .slices import is_empty

MOST_WIDTH = 40
"""Characters of a cell that are shown to people; JSON has all."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """A prediction that is wrong.

    Attributes:
        place: where the row is: `row`, and `file` where there are several.
        truth: a class, a number, or for labels a label with `no` before it where it is not true.
        predicted: the same of the prediction.
        size: the probability of what was predicted, or the absolute error of a number.
        columns: the cells of the row, by column.
    """

    place: Mapping[str, Any]
    truth: str | float
    predicted: str | float
    size: float
    columns: Mapping[str, Any]

    def to_dict(self, size: str) -> dict[str, Any]:
        """Plain data for JSON.

        Args:
            size: what the size is called.
        """
        return {
            **self.place,
            "truth": self.truth,
            "predicted": self.predicted,
            size: self.size,
            "columns": dict(self.columns),
        }


@dataclass(frozen=True, slots=True)
class Mistakes:
    """The largest mistakes of an output, the worst first.

    Attributes:
        output: its name.
        size: what `Mistake.size` is: "probability" or "error".
        rows: the mistakes.
        total: how many there are; of numbers how many numbers were predicted.
    """

    output: str
    size: str
    rows: tuple[Mistake, ...]
    total: int

    def text(self) -> str:
        """For people."""
        if not self.rows:
            return f"{self.output}: no mistakes\n"
        first = self.rows[0]
        names = (*first.place, "truth", "predicted", self.size, *first.columns)
        rows = [
            tuple(map(_cell, (*one.place.values(), one.truth, one.predicted, one.size)))
            + tuple(map(_cell, one.columns.values()))
            for one in self.rows
        ]
        things, order = "mistakes", "the surest first"
        if self.size == "error":
            things, order = "errors", "the worst first"
        head = f"the {len(self.rows)} largest of {self.total:,} {things}, {order}"
        if self.total == 1:
            head = f"its only {things.removesuffix('s')}"
        return f"{self.output}: {head}\n\n{table(names, rows, right=self.size)}"

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {"total": self.total, "rows": [one.to_dict(self.size) for one in self.rows]}


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.4g}"
    text = " ".join(str(value).split())
    return text if len(text) <= MOST_WIDTH else f"{text[: MOST_WIDTH - 1]}…"


def mistakes_of(
    split: SplitPredictions, name: str, count: int, columns: Sequence[str] | None = None
) -> Mistakes:
    """The rows of a split that an output is most wrong about.

    A wrong class or label comes before another one by its probability; a number by its distance
    from the truth, of several in a row the one that is farthest off. Equal ones stay in the order
    of the rows.

    Args:
        split: the predictions.
        name: of the output.
        count: how many rows are given.
        columns: whose cells are given; None for all.
    """
    output = split.outputs[name]
    sizes, truths, predicted, total = _sizes(output)
    wrong = np.where(np.isnan(sizes), np.inf, sizes)  # of what is no number, nothing is right
    order = np.argsort(-wrong, kind="stable")[:count]
    order = order[wrong[order] > 0]
    cells = split.columns if columns is None else {one: split.columns[one] for one in columns}

    def mistake(row: int) -> Mistake:
        return Mistake(
            {key: _plain(values[row]) for key, values in split.places.items()},
            _plain(truths[row]),
            _plain(predicted[row]),
            float(sizes[row]),
            {key: _plain(values[row]) for key, values in cells.items()},
        )

    size = "error" if output.kind is OutputKind.NUMBERS else "probability"
    return Mistakes(name, size, tuple(map(mistake, order.tolist())), total)


def _sizes(output: OutputPredictions) -> tuple[Array, Array, Array, int]:
    """How wrong each row is, [n], 0 where it is right; its truth and prediction as people know
    them; and how many mistakes there are."""
    rows = np.arange(len(output))
    if output.kind is OutputKind.NUMBERS:
        truth = np.asarray(output.truth, dtype=np.float64).reshape(len(output), -1)
        said = points(output)
        errors = np.abs(said - truth)
        worst = errors.argmax(axis=1)
        return errors[rows, worst], truth[rows, worst], said[rows, worst], errors.size
    decided = output.decisions()
    if output.kind is OutputKind.LABELS:
        truth = output.truth.astype(bool)
        sure = np.where(decided, output.scores, 1 - output.scores)
        sure = np.where(decided != truth, sure, 0.0)
        worst = sure.argmax(axis=1)
        names = np.array(output.labels, dtype=object)[worst]
        no = "no " + names
        is_true, is_said = truth[rows, worst], decided[rows, worst]
        return (
            sure[rows, worst],
            np.where(is_true, names, no),
            np.where(is_said, names, no),
            int((decided != truth).sum()),
        )
    if output.kind is OutputKind.BINARY:
        sure = np.where(decided == 1, output.scores, 1 - output.scores)
    else:
        sure = output.scores[rows, decided]
    wrong = (decided != output.truth) & output.counted_rows()
    labels = np.array(output.labels, dtype=object)
    return np.where(wrong, sure, 0.0), labels[output.truth], labels[decided], int(wrong.sum())


def _plain(value: Any) -> Any:
    """A cell as JSON has it: text, a number, a bool, or None where it is empty."""
    if isinstance(value, np.generic):
        value = value.item()
    if is_empty(value):
        return None
    return value if isinstance(value, (str, int, float, bool)) else str(value)
