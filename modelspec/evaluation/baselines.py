"""What predicting the same for every row is worth: a model that is no better learned nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import isfinite
from typing import Any

import numpy as np

from modelspec.runs import OutputKind

from .measures import measures_of, points
from .predictions import Array, OutputPredictions

MOST_NUMBERS = 1000
"""Numbers of a row, above which nobody predicts the same for each: those of images."""


@dataclass(frozen=True, slots=True)
class ConstantBaseline:
    """An output beside the best constant that the training split knows.

    Attributes:
        output: its name.
        constant: what is always predicted, for people.
        measure: the measure that is compared.
        value: that of the model.
        baseline: that of the constant.
        gain: how much better the model is, in the unit of the measure; below 0 it is worse.
    """

    output: str
    constant: str
    measure: str
    value: float
    baseline: float
    gain: float

    def text(self) -> str:
        """For people."""
        word = "better" if self.gain > 0 else "worse"
        value, baseline = f"{self.value:.4g}", f"{self.baseline:.4g}"
        head = f"{self.output}: {self.measure} {value}"
        if self.gain == 0:
            return f"{head} is that of {self.constant}\n"
        return f"{head} is {word} than {self.constant} ({baseline}) by {abs(self.gain):.4g}\n"

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {
            "constant": self.constant,
            "measure": self.measure,
            "value": self.value,
            "baseline": self.baseline,
            "gain": self.gain,
        }


def constants_of(kind: OutputKind, targets: Array, ignored: int | None = None) -> dict[str, Any]:
    """What the training split says of every row, as plain data that data.json holds.

    Args:
        kind: of the output.
        targets: [n, ...]: class numbers or one-hot rows, a column for each label, or numbers.
        ignored: the class number that does not count.

    Returns:
        `class`, the number of the most frequent class; `labels`, whether each label is true more
        often than not; or `median` and `mean` of each number. Empty where there is none: without
        rows, and for images and masks.
    """
    if not len(targets) or targets[0].size > MOST_NUMBERS:
        return {}
    if kind is OutputKind.NUMBERS:
        numbers = targets.reshape(len(targets), -1).astype(np.float64)
        return {
            "median": np.median(numbers, axis=0).tolist(),
            "mean": numbers.mean(axis=0).tolist(),
        }
    if kind is OutputKind.LABELS and targets.ndim == 2:
        return {"labels": (targets.mean(axis=0) > 0.5).tolist()}
    if kind is OutputKind.CLASSES and targets.ndim == 2 and targets.shape[1] > 1:
        targets = targets.argmax(axis=1)
    if kind not in (OutputKind.CLASSES, OutputKind.BINARY) or targets.size != len(targets):
        return {}
    classes = targets.reshape(-1).astype(np.int64)
    classes = classes[(classes >= 0) & (classes != (-1 if ignored is None else ignored))]
    return {"class": int(np.bincount(classes).argmax())} if len(classes) else {}


def baseline_of(
    output: OutputPredictions, constants: Mapping[str, Any]
) -> tuple[ConstantBaseline, ...]:
    """An output beside its constants, by one measure or two.

    A class is compared by `accuracy`, labels by `binary_accuracy`; numbers by `mae` with the
    median, which no constant beats there, and by `rmse` with the mean.

    Args:
        output: its predictions.
        constants: those of the training split, see `constants_of`.

    Returns:
        Nothing where there are no constants, or no rows.
    """
    output = output.counted()
    if not len(output) or not constants:
        return ()
    size = len(output)
    if "class" in constants:
        label = output.labels[constants["class"]]
        hits = float((output.truth == constants["class"]).mean())
        return _compared(output, f"always `{label}`", "accuracy", hits)
    if "labels" in constants:
        right = float((output.truth == np.array(constants["labels"])).mean())
        what = "always the labels that most rows have"
        return _compared(output, what, "binary_accuracy", right)
    found: tuple[ConstantBaseline, ...] = ()
    for name, measure in (("median", "mae"), ("mean", "rmse")):
        numbers = np.array(constants[name])
        if numbers.size != points(output).shape[1]:
            return ()
        always = np.broadcast_to(numbers, (size, numbers.size))
        one = replace(output, scores=always, quantiles=())
        value = measures_of(one)[measure].value(size)
        shown = f", {numbers[0]:.4g}" if numbers.size == 1 else " of each number"
        what = f"always the training {name}{shown}"
        found += _compared(output, what, measure, value)
    return found


def _compared(
    output: OutputPredictions, constant: str, name: str, baseline: float
) -> tuple[ConstantBaseline, ...]:
    measure = measures_of(output)[name]
    value = measure.value(len(output))
    if not isfinite(value) or not isfinite(baseline):
        return ()
    gain = value - baseline if measure.is_large_good else baseline - value
    return (ConstantBaseline(output.name, constant, name, value, baseline, gain),)
