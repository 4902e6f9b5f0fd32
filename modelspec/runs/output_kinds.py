"""What the numbers of an output mean, as a run records it."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from modelspec.spec.data import Columns

PAIR = 2
"""Classes that one unit tells apart."""


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


def kind_of_output(
    loss_class: str,
    units: int | None,
    target: Columns | None,
    labels: Sequence[str] | None,
    *,
    is_grey: bool = False,
) -> OutputKind:
    """What the numbers of an output mean, by what it is trained for.

    Args:
        loss_class: Keras's class of its loss; "" for one of an extension.
        units: the size of its last axis; None where that is unknown.
        target: how its target is read; None where that is unknown.
        labels: the classes of its target, or None.
        is_grey: whether the target is an image of values rather than classes.
    """
    from modelspec.analysis.losses import (
        BINARY_LOSSES,
        CLASS_NUMBER_LOSSES,
        ONE_HOT_LOSSES,
        OVERLAP_LOSSES,
    )

    if target is not None and target.tokens is not None:
        return OutputKind.TOKENS
    if is_grey:  # of a loss such as binary crossentropy, too, a grey value is a number
        return OutputKind.NUMBERS
    if target is not None and target.is_multi_hot:
        return OutputKind.LABELS
    is_class_number = loss_class in CLASS_NUMBER_LOSSES
    if is_class_number or loss_class in ONE_HOT_LOSSES or (target and target.is_one_hot):
        return OutputKind.CLASSES
    if units == 1 and loss_class in BINARY_LOSSES:
        return OutputKind.BINARY
    if units == 1 and loss_class in OVERLAP_LOSSES and labels and len(labels) == PAIR:
        return OutputKind.BINARY
    return OutputKind.NUMBERS
