"""The logits of a split, with the classes that are true: what a temperature is fitted to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from modelspec.building import LEAST, LEAST_OF_TWO
from modelspec.data.examples import Examples, decoded
from modelspec.data.table import example_shape
from modelspec.graph import OutputTemperature
from modelspec.runs import OutputKind
from modelspec.training.prepare import Output, sample_weights

if TYPE_CHECKING:
    from modelspec.training.predict import KerasPredictor

Array = npt.NDArray[Any]

CHUNK = 1 << 14
"""Examples whose predictions are in memory at once, and fewer of larger ones."""

MOST_NUMBERS = 1 << 24
"""Logits that a temperature is fitted to; of more, such as those of the pixels of many masks, every
second, third ... position is taken."""


@dataclass(slots=True)
class OutputLogits:
    """The logits of one output, position by position.

    Attributes:
        output: what it is trained for.
        kind: classes, binary or labels.
        temperature: what the graph says of its values.
        every: take every so many positions.
        logits: arrays [n, classes], or [n] of one or of several labels.
        truth: arrays int64 [n].
        weights: arrays [n].
        skipped: how many positions have to be passed over before the next one is taken.
    """

    output: Output
    kind: OutputKind
    temperature: OutputTemperature
    every: int = 1
    logits: list[Array] = field(default_factory=list)
    truth: list[Array] = field(default_factory=list)
    weights: list[Array] = field(default_factory=list)
    skipped: int = 0

    def add(self, values: Array, target: Array, weights: Array, mask: Array | None) -> None:
        """Take what counts of a batch.

        Args:
            values: [n, ..., units]: what the layers of the model give.
            target: [n, ...], or [n, ..., units] with a column for each class or label.
            weights: [n, ...], of the leading axes of the target.
            mask: [n, ...]: false where the output is padding; None where nothing is.
        """
        if self.kind is OutputKind.CLASSES:
            units = values.shape[-1]
            is_one_hot = target.shape == values.shape and units > 1
            classes = target.argmax(axis=-1) if is_one_hot else target.astype(np.int64)
            logits: Array = values.reshape(-1, units)
            truth: Array = classes.reshape(-1)
            keep = (truth >= 0) & (truth < units)
            if self.output.ignored_class is not None:
                keep &= truth != self.output.ignored_class
        else:
            logits, truth = values.reshape(-1), (target > 0.5).astype(np.int64).reshape(-1)
            keep = np.ones(len(truth), dtype=bool)
        each = _for_positions(weights, len(truth))
        keep &= each > 0
        if mask is not None and len(truth) % mask.size == 0:
            keep &= _for_positions(mask, len(truth)).astype(bool)
        numbers = np.flatnonzero(keep)
        first, self.skipped = self.skipped, (self.skipped - len(numbers)) % self.every
        numbers = numbers[first :: self.every]
        self.logits.append(self._as_logits(logits[numbers]))
        self.truth.append(truth[numbers])
        self.weights.append(each[numbers])

    def _as_logits(self, values: Array) -> Array:
        found = np.asarray(values, dtype=np.float64)
        if not self.temperature.of_probabilities:
            return found
        if self.kind is OutputKind.CLASSES:
            return np.asarray(np.log(np.maximum(found, LEAST)))
        clipped = np.clip(found, LEAST_OF_TWO, 1 - LEAST_OF_TWO)
        return np.asarray(np.log(clipped) - np.log1p(-clipped))


def _for_positions(values: Array, count: int) -> Array:
    """Values of examples or of steps, for each of all positions in them."""
    flat = values.reshape(-1)
    return np.repeat(flat, count // len(flat)) if len(flat) else flat


def collect_logits(
    predictor: KerasPredictor, examples: Examples, outputs: Mapping[str, OutputLogits]
) -> None:
    """Predict the examples in chunks, and give each output its logits.

    Args:
        predictor: of the model without temperatures.
        examples: with their targets.
        outputs: by name; those take what is found.
    """
    size = len(examples)
    for name, collected in outputs.items():
        target = example_shape(examples.targets[name])
        units = collected.output.shape[-1] or 1
        numbers = prod(one or 1 for one in target) * (
            units if collected.kind is OutputKind.CLASSES else 1
        )
        collected.every = max(1, -(-len(examples) * numbers // MOST_NUMBERS))
        size = max(1, min(size, CHUNK, MOST_NUMBERS // max(1, numbers)))
    for start in range(0, len(examples), size):
        chunk = examples.take(slice(start, start + size))
        values, masks = predictor.with_masks(replace(chunk, targets={}))
        for name, collected in outputs.items():
            weights = sample_weights(chunk, [name])[name]
            collected.add(values[name], decoded(chunk.targets[name]), weights, masks.get(name))
