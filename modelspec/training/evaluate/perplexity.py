"""How surprised a model is by the tokens of a text: the perplexity of an output."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from modelspec.runs import OutputKind
from modelspec.training.predict import probabilities

Array = npt.NDArray[Any]

LEAST = 1e-7
"""The smallest probability that counts, as in Keras's crossentropy."""


class PerplexityCounter:
    """e to the mean of -log p over the tokens of one output, where p is the probability that the
    model gives to the true one. What no metric counts, such as padding, is left out.

    Args:
        output: its name.
        meaning: its `output_meaning`, of a kind with a probability for each token.
    """

    def __init__(self, output: str, meaning: Mapping[str, Any]) -> None:
        self.output = output
        self.meaning = meaning
        self._sum = 0.0
        self._count = 0

    @staticmethod
    def has_tokens(meaning: Mapping[str, Any]) -> bool:
        """Whether an output has a probability for each token at each step of a text."""
        return meaning["kind"] == OutputKind.TOKENS and not meaning.get("repeats")

    def add(self, target: Array, values: Array, *masks: Array | None) -> None:
        """Count a batch.

        Args:
            target: [n, steps]: the numbers of the tokens.
            values: [n, steps, units]: the output of the model.
            masks: [n, steps] each: false where the output is padding.
        """
        truth = target[..., np.newaxis].astype(np.int64)
        given = np.take_along_axis(probabilities(values, self.meaning), truth, axis=-1)[..., 0]
        keep = np.ones(target.shape, dtype=np.bool_)
        for mask in masks:
            if mask is not None and mask.shape == keep.shape:
                keep &= mask.astype(np.bool_)
        self._sum -= float(np.log(np.maximum(given[keep].astype(np.float64), LEAST)).sum())
        self._count += int(keep.sum())

    def result(self) -> float | None:
        """The perplexity; None where no token counts, or where it is beyond all numbers."""
        if not self._count:
            return None
        mean = self._sum / self._count
        return math.exp(mean) if mean < math.log(np.finfo(np.float64).max) else None
