"""Whether the probabilities of a classifier can be taken at their word.

Of what it says with a probability of 0.8, four out of five should be right. The bins are those of
Naeini et al., "Obtaining Well Calibrated Probabilities Using Bayesian Binning" (AAAI 2015), and
Guo et al., "On Calibration of Modern Neural Networks" (ICML 2017): of equal width, each with its
upper end.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from modelspec.runs import OutputKind

from .measures import negative_log
from .predictions import OutputPredictions, SplitPredictions

Array = npt.NDArray[Any]

BINS = 15
"""Bins of a reliability diagram, as in Guo et al."""


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """The predictions whose probability is in one range; means of none are None.

    Attributes:
        lower: its lower end, which is not in it, but for 0.
        upper: its upper end.
        count: how many predictions are in it.
        confidence: their mean probability.
        accuracy: the fraction of them that came true.
    """

    lower: float
    upper: float
    count: int
    confidence: float | None
    accuracy: float | None

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {name: getattr(self, name) for name in ReliabilityBin.__slots__}


@dataclass(frozen=True, slots=True)
class Calibration:
    """How far the probabilities of one output can be taken at their word.

    Attributes:
        output: its name.
        kind: of the output: classes, binary or labels.
        count: how many predictions there are: examples, or labels of all examples.
        ece: the expected calibration error: the mean distance between confidence and accuracy of
            the bins, weighted by what is in each.
        brier: the mean squared distance from the truth: over all classes summed, from 0 to 2; of
            one probability from 0 to 1.
        nll: the negative log likelihood of the truth, in nats.
        bins: in order.
        temperature: what the training divided the logits by; None where it did not.
        uncalibrated: the same measures without the temperature.
    """

    output: str
    kind: OutputKind
    count: int
    ece: float
    brier: float
    nll: float
    bins: tuple[ReliabilityBin, ...]
    temperature: float | None = None
    uncalibrated: Calibration | None = None

    @property
    def values(self) -> dict[str, float]:
        """The measures by the names that metrics have."""
        return {"ece": self.ece, "brier": self.brier, "nll": self.nll}

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        found: dict[str, Any] = {
            "count": self.count,
            **self.values,
            "of": "predicted class" if self.kind is OutputKind.CLASSES else "positive class",
            "bins": [one.to_dict() for one in self.bins],
        }
        if self.uncalibrated is not None:
            found["temperature"] = self.temperature
            found["uncalibrated"] = self.uncalibrated.values
        return found

    def text(self) -> str:
        """One line for people."""
        line = f"calibration of {self.output}: {self._shown()} ({len(self.bins)} bins)"
        if self.uncalibrated is None:
            return f"{line}\n"
        before = self.uncalibrated._shown()
        return f"{line}; without its temperature of {self.temperature:.4g}: {before}\n"

    def _shown(self) -> str:
        return f"ECE {self.ece:.4f}, Brier {self.brier:.4f}, NLL {self.nll:.4f}"


def has_probabilities(kind: OutputKind) -> bool:
    """Whether calibration is a question of an output of a kind."""
    return kind in (OutputKind.CLASSES, OutputKind.BINARY, OutputKind.LABELS)


def measure_calibration(
    predictions: OutputPredictions, temperature: float | None = None, bins: int = BINS
) -> Calibration | None:
    """The calibration of an output; None where no row counts.

    Of several classes it is that of the class with the highest probability, as in Guo et al.; of
    two classes with one probability that of the second class, whichever is predicted, as in Naeini
    et al.; of labels that of each label of each row.

    Args:
        predictions: of an output with probabilities.
        temperature: by which the logits of these predictions were divided; None says nothing
            about it.
        bins: how many.

    Raises:
        ValueError: the output has no probabilities.
    """
    if not has_probabilities(predictions.kind):
        raise ValueError(f"`{predictions.name}` has no probabilities")
    counted = predictions.counted()
    weights = _weights(counted)
    if (weights <= 0).any():
        counted, weights = counted.take(weights > 0), weights[weights > 0]
    if not len(counted):
        return None
    before = None
    if temperature is not None:
        before = _measure(counted, at_temperature(counted, 1 / temperature), weights, bins)
    scores = np.asarray(counted.scores, dtype=np.float64)
    return _measure(counted, scores, weights, bins, temperature, before)


def all_calibrations(
    predictions: SplitPredictions, temperatures: Mapping[str, float | None]
) -> tuple[Calibration, ...]:
    """The calibration of all outputs that have probabilities of rows that count.

    Args:
        predictions: of a split.
        temperatures: by which the logits of outputs were divided, by name.
    """
    found = (
        measure_calibration(output, temperatures.get(name))
        for name, output in predictions.outputs.items()
        if has_probabilities(output.kind)
    )
    return tuple(one for one in found if one is not None)


def at_temperature(predictions: OutputPredictions, temperature: float) -> Array:
    """The scores, of the same shape, with the logits divided by a temperature."""
    scores = np.asarray(predictions.scores, dtype=np.float64)
    with np.errstate(divide="ignore"):
        logits = np.log(scores) / temperature
        others = np.log1p(-scores) / temperature
    if predictions.kind is not OutputKind.CLASSES:
        # of p and 1 - p, one is at least a half: no infinity is subtracted from another
        return np.asarray(np.exp(logits - np.logaddexp(logits, others)))
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True))


def reliability_bins(
    confidences: Array, outcomes: Array, weights: Array, bins: int = BINS
) -> tuple[ReliabilityBin, ...]:
    """Bins of equal width, each with its upper end; 0 is in the first.

    Args:
        confidences: [n], from 0 to 1.
        outcomes: [n]: whether each came true, or how far, from 0 to 1.
        weights: [n].
        bins: how many.
    """
    edges = np.linspace(0.0, 1.0, bins + 1)
    numbers = np.searchsorted(edges[1:-1], confidences)
    counts = np.bincount(numbers, minlength=bins)
    shares = _sums(numbers, weights, bins)
    means, fractions = (
        _sums(numbers, weights * values, bins) / np.where(shares > 0, shares, 1)
        for values in (confidences, outcomes)
    )
    return tuple(
        ReliabilityBin(
            float(edges[i]),
            float(edges[i + 1]),
            int(counts[i]),
            float(means[i]) if shares[i] > 0 else None,
            float(fractions[i]) if shares[i] > 0 else None,
        )
        for i in range(bins)
    )


def calibration_error(confidences: Array, outcomes: Array, weights: Array, bins: int) -> float:
    """The expected calibration error, of the arguments of `reliability_bins`."""
    numbers = np.searchsorted(np.linspace(0.0, 1.0, bins + 1)[1:-1], confidences)
    distances = np.abs(_sums(numbers, weights * (outcomes - confidences), bins))
    return float(distances.sum() / weights.sum())


def _sums(numbers: Array, values: Array, bins: int) -> Array:
    return np.bincount(numbers, weights=values, minlength=bins)


def _weights(predictions: OutputPredictions) -> Array:
    if predictions.weights is None:
        return np.ones(len(predictions))
    return np.asarray(predictions.weights, dtype=np.float64)


def _measure(
    predictions: OutputPredictions,
    scores: Array,
    weights: Array,
    bins: int,
    temperature: float | None = None,
    before: Calibration | None = None,
) -> Calibration:
    """The measures of scores in the place of those of some predictions."""
    if predictions.kind is OutputKind.CLASSES:
        chosen = scores.argmax(axis=-1)
        confidences = np.take_along_axis(scores, chosen[:, np.newaxis], axis=-1)[:, 0]
        outcomes = (chosen == predictions.truth).astype(np.float64)
        of_truth = np.take_along_axis(scores, predictions.truth[:, np.newaxis], axis=-1)[:, 0]
        squares = (scores**2).sum(axis=-1) - 2 * of_truth + 1
    else:
        outcomes = predictions.truth.astype(np.float64)
        of_truth = np.where(outcomes > 0.5, scores, 1 - scores).reshape(-1)
        squares = (scores - outcomes).reshape(-1) ** 2
        if scores.ndim > 1:
            weights = np.repeat(weights, scores.shape[1])
        confidences, outcomes = scores.reshape(-1), outcomes.reshape(-1)
    return Calibration(
        predictions.name,
        predictions.kind,
        len(confidences),
        calibration_error(confidences, outcomes, weights, bins),
        _mean(squares, weights),
        _mean(negative_log(of_truth), weights),
        reliability_bins(confidences, outcomes, weights, bins),
        temperature,
        before,
    )


def _mean(values: Array, weights: Array) -> float:
    found = float((values * weights).sum() / weights.sum())
    return found if math.isfinite(found) else math.nan
