"""Temperature scaling: one number by which logits are divided, so that probabilities are honest.

Guo et al., "On Calibration of Modern Neural Networks" (ICML 2017). The negative log likelihood of
a split is convex in the reciprocal of the temperature, the slope, and its derivative rises with it:
so the optimum is where the derivative is 0, and is found by halving intervals and by Newton's
steps, in float64, with no start to choose and nothing random.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

LARGEST = 2.0**10
"""The largest slope that is sought, and the reciprocal of the smallest: beyond them, the likelihood
of a split has no optimum worth the name."""

PRECISION = 1e-12
"""Of the slope, as a fraction of it."""

MAX_STEPS = 200


class NoTemperature(StrEnum):
    """Why a split does not say how far logits are to be divided."""

    ALL_RIGHT = "all right"
    """All is right, so that the likelihood rises for ever as the temperature falls."""
    NOTHING_LEARNED = "nothing learned"
    """Logits say no more than chance, so that the likelihood rises as they vanish."""
    NOTHING_COUNTS = "nothing counts"
    """No row has a class that counts, or a finite logit."""


@dataclass(frozen=True, slots=True)
class FittedTemperature:
    """A temperature, fitted to a split.

    Attributes:
        value: what logits are divided by; 1 where the split does not say.
        before: the negative log likelihood of the split at a temperature of 1.
        after: the same at `value`; never larger.
        count: how many predictions it was fitted to.
        reason: why `value` is 1, where the split does not say; else None.
    """

    value: float
    before: float
    after: float
    count: int
    reason: NoTemperature | None = None


def fit_temperature(logits: Array, truth: Array, weights: Array | None = None) -> FittedTemperature:
    """The temperature at which the truth is most likely.

    Args:
        logits: float [n, classes], or [n] of the second of two classes.
        truth: int [n]: the class of each row.
        weights: float [n]; None where all weigh 1.
    """
    margins = _margins(np.asarray(logits, dtype=np.float64), np.asarray(truth))
    weights = np.ones(len(margins)) if weights is None else np.asarray(weights, dtype=np.float64)
    kept = (weights > 0) & np.isfinite(margins).all(axis=-1)
    margins, weights = margins[kept], weights[kept]
    if not len(margins):
        return FittedTemperature(1.0, 0.0, 0.0, 0, NoTemperature.NOTHING_COUNTS)
    weights = weights / weights.sum()
    before = _loss(1.0, margins, weights)
    reason = None
    low, high = 1 / LARGEST, LARGEST
    if _slopes(low, margins, weights)[0] >= 0:
        reason = NoTemperature.NOTHING_LEARNED
    elif (margins <= 0).all() or _slopes(high, margins, weights)[0] <= 0:
        reason = NoTemperature.ALL_RIGHT
    if reason is not None:
        return FittedTemperature(1.0, before, before, len(margins), reason)
    slope = _root(margins, weights, low, high)
    after = _loss(slope, margins, weights)
    if after > before:  # by rounding, where 1 is the optimum
        slope, after = 1.0, before
    return FittedTemperature(1 / slope, before, after, len(margins))


def _margins(logits: Array, truth: Array) -> Array:
    """By how much each other class is ahead of the true one: [n, others], below 0 if it is not."""
    if logits.ndim == 1:
        return np.where(truth > 0, -logits, logits)[:, np.newaxis]
    of_truth = np.take_along_axis(logits, truth[:, np.newaxis].astype(np.int64), axis=-1)
    others = np.arange(logits.shape[1]) != truth[:, np.newaxis]
    return np.asarray((logits - of_truth)[others].reshape(len(logits), -1))


def _loss(slope: float, margins: Array, weights: Array) -> float:
    """The negative log likelihood: the mean of log(1 + sum(exp(slope * margins)))."""
    scaled = slope * margins
    top = np.maximum(scaled.max(axis=-1), 0.0)
    powers = np.exp(scaled - top[:, np.newaxis]).sum(axis=-1) + np.exp(-top)
    return float(weights @ (top + np.log(powers)))


def _slopes(slope: float, margins: Array, weights: Array) -> tuple[float, float]:
    """The first two derivatives of the loss by the slope."""
    scaled = slope * margins
    top = np.maximum(scaled.max(axis=-1, keepdims=True), 0.0)
    powers = np.exp(scaled - top)
    shares = powers / (powers.sum(axis=-1, keepdims=True) + np.exp(-top))
    means = (shares * margins).sum(axis=-1)
    squares = (shares * margins**2).sum(axis=-1)
    return float(weights @ means), float(weights @ (squares - means**2))


def _root(margins: Array, weights: Array, low: float, high: float) -> float:
    """Where the first derivative, which rises, is 0: Newton's steps, and a half where one leaves
    the interval that has the root."""
    slope = 1.0
    for _ in range(MAX_STEPS):
        first, second = _slopes(slope, margins, weights)
        if first > 0:
            high = slope
        else:
            low = slope
        step = slope - first / second if second > 0 else low
        following = step if low < step < high else (low * high) ** 0.5
        if abs(following - slope) <= PRECISION * slope:
            return following
        slope = following
    return slope
