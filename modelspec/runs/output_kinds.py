"""What the numbers of an output mean, as a run records it."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum


class OutputKind(StrEnum):
    """What the numbers of an output mean; `kind` in data.json."""

    CLASSES = "classes"
    """A number for each class."""
    BINARY = "binary"
    """One number: for the second of two classes."""
    LABELS = "labels"
    """A number for each label, of which any may apply."""
    NUMBERS = "numbers"
    """Numbers to be predicted."""
    TOKENS = "tokens"
    """A number for each token, at each step of a text."""


def middle_quantile(quantiles: Sequence[float]) -> int:
    """The position of the quantile nearest to the median, which stands for the prediction."""
    return min(range(len(quantiles)), key=lambda index: abs(quantiles[index] - 0.5))
