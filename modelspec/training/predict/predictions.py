"""What the numbers of an output say: class names with probabilities, or numbers, as columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from modelspec.training.prepare import BINARY, CLASSES

Array = npt.NDArray[Any]
HALF = 0.5


class PredictionOptions(NamedTuple):
    """What is to be said of classes.

    Attributes:
        every_class: whether each class gets a column of its own with its probability.
        threshold: from which probability on the second of two classes is said.
    """

    every_class: bool = False
    threshold: float = HALF


class OutputPrediction(NamedTuple):
    """One column for some rows.

    Attributes:
        values: [n, ...]; where there are words, the number of each row's word.
        words: the class names, or None for numbers.
    """

    values: Array
    words: Sequence[str] | None = None

    def plain(self) -> Array:
        """The values; class names as Python strings in an object array."""
        return self.values if self.words is None else np.asarray(self.words, object)[self.values]


def answers(
    name: str,
    values: Array,
    meaning: Mapping[str, Any],
    asked: PredictionOptions = PredictionOptions(),  # noqa: B008
) -> dict[str, OutputPrediction]:
    """The columns of one output.

    Args:
        name: of the output.
        values: what the model gives, [n, ...].
        meaning: what `outputs.meaning` says of it.
        asked: what is to be said of classes.
    """
    if meaning["kind"] == CLASSES:
        return _classes(name, values, meaning, asked)
    if meaning["kind"] == BINARY:
        return _binary(name, values, meaning, asked)
    if values.ndim == 2 and values.shape[1] == 1:
        return {name: OutputPrediction(values[:, 0])}
    targets = meaning["columns"]
    if values.ndim == 2 and len(targets) == values.shape[1]:
        return {
            f"{name}_{target}": OutputPrediction(values[:, i]) for i, target in enumerate(targets)
        }
    if values.ndim == 2:
        return {f"{name}_{i}": OutputPrediction(values[:, i]) for i in range(values.shape[1])}
    return {name: OutputPrediction(values)}


def probabilities(values: Array, meaning: Mapping[str, Any]) -> Array:
    """Of classes [n, ..., classes], or of the second of two classes [n]: from logits if need be."""
    if meaning["kind"] == BINARY:
        second = values[..., 0] if values.ndim > 1 else values
        return 1 / (1 + np.exp(-second)) if meaning["from_logits"] else second
    if not meaning["from_logits"]:
        return values
    powers = np.exp(values - values.max(axis=-1, keepdims=True))
    shares: Array = powers / powers.sum(axis=-1, keepdims=True)
    return shares


def class_names(meaning: Mapping[str, Any], units: int) -> list[str]:
    """The labels, and numbers for units that have none."""
    known = list(meaning["labels"] or ())
    return known + [str(number) for number in range(len(known), units)]


def _classes(
    name: str, values: Array, meaning: Mapping[str, Any], asked: PredictionOptions
) -> dict[str, OutputPrediction]:
    sure = probabilities(values, meaning)
    best = sure.argmax(axis=-1)
    words = class_names(meaning, values.shape[-1])
    found = {
        name: OutputPrediction(best, words),
        f"{name}_probability": OutputPrediction(sure.max(axis=-1)),
    }
    if asked.every_class:
        found |= {f"{name}_{word}": OutputPrediction(sure[..., i]) for i, word in enumerate(words)}
    return found


def _binary(
    name: str, values: Array, meaning: Mapping[str, Any], asked: PredictionOptions
) -> dict[str, OutputPrediction]:
    second = probabilities(values, meaning)
    chosen = second > asked.threshold
    words = list(meaning["labels"])
    found = {
        name: OutputPrediction(chosen.astype(np.int64), words),
        f"{name}_probability": OutputPrediction(np.where(chosen, second, 1 - second)),
    }
    if asked.every_class:
        found |= {
            f"{name}_{words[0]}": OutputPrediction(1 - second),
            f"{name}_{words[1]}": OutputPrediction(second),
        }
    return found
