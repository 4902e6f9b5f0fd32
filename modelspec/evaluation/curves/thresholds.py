"""The threshold that meets a goal, of all that make a difference."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import nan
from typing import NamedTuple

import numpy as np

from modelspec.evaluation.predictions import Array, OutputPredictions
from modelspec.runs import OutputKind
from modelspec.spec.training import ThresholdGoal

from .areas import Counts, counts_of

DEFAULT_THRESHOLD = 0.5

SAME = 1e-12
"""By how much of itself a value may differ from another one that it is equal to."""

DIGITS = 17
"""Decimal digits that tell any two float64 apart."""


@dataclass(frozen=True, slots=True)
class ChosenThreshold:
    """What a goal gives for one output.

    Attributes:
        output: its name.
        threshold: predict the second class, or a label, above this probability; None where no
            threshold meets the goal, or gives it a value.
        value: of what is made large there; of costs their sum; NaN where there is no threshold.
        unmet: the bounds that no threshold meets, with the largest values that there are.
        is_one_sided: whether all rows are of one class, so that no goal can be decided.
    """

    output: str
    threshold: float | None
    value: float = nan
    unmet: Mapping[str, float] = field(default_factory=dict)
    is_one_sided: bool = False


class _Options(NamedTuple):
    """The decisions that thresholds make, from predicting nothing on.

    Attributes:
        thresholds: float64 [k], from 0 to 1.
        true_positives: float64 [k]: weights.
        false_positives: float64 [k].
        counts: of all.
    """

    thresholds: Array
    true_positives: Array
    false_positives: Array
    counts: Counts


def choose_threshold(output: OutputPredictions, goal: ThresholdGoal) -> ChosenThreshold:
    """The threshold of an output that meets a goal best on some rows.

    Of thresholds that are equally good it is the one nearest to 0.5. It lies midway between the
    two scores that it parts, with as few digits as that takes, so that another runtime, whose
    scores differ in their last digits, decides alike. Labels share one threshold: all labels of
    all rows are counted together.

    Args:
        output: of two classes with one probability, or of labels. Rows count by their weights.
        goal: other than a value.

    Raises:
        ValueError: the output has no such decision.
    """
    if output.kind not in (OutputKind.BINARY, OutputKind.LABELS):
        raise ValueError(f"`{output.name}` has no threshold")
    counted = output.counted()
    truth, scores, weights = counted.truth == 1, counted.scores, counted.weights
    if output.kind is OutputKind.LABELS:
        weights = None if weights is None else np.repeat(weights, truth.shape[1])
        truth, scores = counted.truth.reshape(-1), scores.reshape(-1)
    counts = counts_of(truth, scores, weights)
    if not counts.positives or not counts.negatives:
        return ChosenThreshold(output.name, None, is_one_sided=True)
    options = _options(counts)
    fits, unmet = np.ones(len(options.thresholds), dtype=np.bool_), {}
    for name, least in goal.least.items():
        reached = _measure(name, 1.0, options)
        meets = reached >= least - SAME
        if not meets.any():
            # a precision has no value where nothing is predicted as positive
            unmet[name] = 0.0 if np.isnan(reached).all() else float(np.nanmax(reached))
        fits &= meets
    if not fits.any():
        both = {name: _most_beside(name, goal, options) for name in goal.least}
        return ChosenThreshold(output.name, None, unmet=unmet or both)
    if goal.costs is None:
        values = _measure(goal.maximized, goal.beta, options)
    else:
        missed = counts.positives - options.true_positives
        values = -(goal.costs[0] * options.false_positives + goal.costs[1] * missed)
    fits &= ~np.isnan(values)
    if not fits.any():
        return ChosenThreshold(output.name, None)
    best = values[fits].max()
    equal = np.flatnonzero(fits & (values >= best - SAME * max(1.0, abs(best))))
    chosen = equal[np.abs(options.thresholds[equal] - DEFAULT_THRESHOLD).argmin()]
    value = float(values[chosen])
    return ChosenThreshold(
        output.name,
        float(options.thresholds[chosen]),
        value if goal.costs is None else -value,
    )


def _options(counts: Counts) -> _Options:
    """A threshold between each two neighbours of the scores, and of 0 and 1."""
    upper = np.concatenate([[1.0], counts.thresholds])
    lower = np.concatenate([counts.thresholds, [0.0]])
    hits = np.concatenate([[0.0], counts.true_positives])
    wrong = np.concatenate([[0.0], counts.false_positives])
    able = (upper > lower) & (lower >= 0) & (upper <= 1)
    able[0] |= counts.thresholds[0] >= 1  # nothing is above 1
    return _Options(_between(lower[able], upper[able]), hits[able], wrong[able], counts)


def _between(lower: Array, upper: Array) -> Array:
    """A number at least `lower` and below `upper`, near the middle, of as few digits as can be."""
    middle, room = (lower + upper) / 2, (upper - lower) / 4
    middle = np.where(middle < upper, middle, lower)
    found = middle.copy()
    for digits in range(DIGITS, 0, -1):
        rounded = middle.round(digits)
        near = (np.abs(rounded - middle) <= room) & (rounded >= lower) & (rounded < upper)
        found = np.where(near, rounded, found)
    return np.clip(found, 0.0, 1.0)


def _measure(name: str, beta: float, options: _Options) -> Array:
    """The values of a measure, float64 [k]; NaN where there is none."""
    counts, hits, wrong = options.counts, options.true_positives, options.false_positives
    recall = hits / counts.positives
    specificity = 1 - wrong / counts.negatives
    with np.errstate(divide="ignore", invalid="ignore"):
        precision = hits / (hits + wrong)
    square = 1.0 if name == "f1" else beta**2
    missed = counts.positives - hits
    known = {
        "precision": precision,
        "recall": recall,
        "specificity": specificity,
        "accuracy": (hits + counts.negatives - wrong) / (counts.positives + counts.negatives),
        "balanced_accuracy": (recall + specificity) / 2,
        "youden": recall + specificity - 1,
        "f1": (1 + square) * hits / ((1 + square) * hits + square * missed + wrong),
    }
    return np.asarray(known["f1" if name == "fbeta" else name])


def _most_beside(name: str, goal: ThresholdGoal, options: _Options) -> float:
    """The largest value of a bounded measure where the other bounds are met."""
    fits = np.ones(len(options.thresholds), dtype=np.bool_)
    for other, least in goal.least.items():
        if other != name:
            fits &= _measure(other, 1.0, options) >= least - SAME
    values = _measure(name, 1.0, options)[fits]
    known = values[~np.isnan(values)]
    return float(known.max()) if len(known) else nan
