"""Measures with one number, as functions of how often each row counts.

A measure that takes counts is measured on a part of the rows, and on rows that are drawn again and
again, without a look at the rows themselves.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from modelspec.runs import OutputKind, middle_quantile

from .predictions import Array, OutputPredictions

LEAST_PROBABILITY = 1e-7
"""What a smaller probability of the truth counts as: Keras's epsilon, below which its crossentropy
of probabilities takes none, so that one row that is surely wrong does not decide the mean."""


@dataclass(frozen=True, slots=True, eq=False)
class Measure:
    """One number that says how good predictions are.

    Attributes:
        name: such as "accuracy".
        of_counts: from float64 [draws, n], how often each row counts, to float64 [draws]; NaN
            where the rows that count have no value.
        is_large_good: whether more is better.
        hits: bool [n] where the measure is the share of the rows that are right; else None.
    """

    name: str
    of_counts: Callable[[Array], Array]
    is_large_good: bool
    hits: Array | None = None

    def value(self, size: int) -> float:
        """The value over all `size` rows."""
        return float(self.of_counts(np.ones((1, size)))[0]) if size else float("nan")


def measures_of(output: OutputPredictions) -> dict[str, Measure]:
    """The measures of an output, by name, the one that is looked at first before all others.

    Classes: `accuracy`, `macro_f1`, the mean of the F1 of the classes that occur, and `nll`, the
    negative log likelihood of the truth. Of two classes also `precision` and `recall` of the
    second. Labels: `binary_accuracy`, the share of the labels that are right, `exact`, that of the
    rows with all labels right, `macro_f1` and `nll`, the mean over the labels. A row counts in the
    likelihood by its weight, as in the calibration, and once in the others. Numbers: `mae`, `rmse`,
    `mse`, `bias` (the mean of prediction minus truth) and `r2`, the mean over the targets; of
    quantiles these are of the one nearest to the median.

    Args:
        output: n rows that all count, see `OutputPredictions.counted`.
    """
    if output.kind is OutputKind.NUMBERS:
        found = _measures_of_numbers(output)
    elif output.kind is OutputKind.LABELS:
        found = _measures_of_labels(output)
    else:
        found = _measures_of_classes(output)
    return {measure.name: measure for measure in found}


def points(output: OutputPredictions) -> Array:
    """The numbers that are predicted, float64 [n, targets]: of quantiles the middle one."""
    scores = output.scores
    if output.quantiles:
        scores = scores[..., middle_quantile(output.quantiles)]
    return np.asarray(scores, dtype=np.float64).reshape(len(scores), -1)


def probability_of_truth(output: OutputPredictions) -> Array:
    """What a classifier says of the true class, float64 [n]; of labels [n, labels]."""
    if output.kind is OutputKind.CLASSES:
        return np.asarray(output.scores[np.arange(len(output)), output.truth], dtype=np.float64)
    return np.where(output.truth.astype(bool), output.scores, 1 - output.scores)


def _measures_of_classes(output: OutputPredictions) -> list[Measure]:
    decided = output.decisions()
    hits = decided == output.truth
    size = len(output.labels) or int(max(decided.max(initial=0), output.truth.max(initial=0))) + 1
    found = [
        Measure("accuracy", _mean(hits), True, hits),
        Measure("macro_f1", _macro_f1(output.truth, decided, size), True),
        _likelihood(output),
    ]
    if output.kind is OutputKind.BINARY:
        rightly = hits & (decided == 1)
        found += [
            Measure("precision", _ratio(rightly, decided == 1), True),
            Measure("recall", _ratio(rightly, output.truth == 1), True),
        ]
    return found


def _measures_of_labels(output: OutputPredictions) -> list[Measure]:
    decided, truth = output.decisions(), output.truth.astype(bool)
    right = decided == truth
    exact = right.all(axis=1)
    tables = [part.astype(np.float64) for part in (decided & truth, decided, truth)]

    def macro(counts: Array) -> Array:
        both, said, true = (counts @ part for part in tables)
        return _mean_f1(both, said, true)

    return [
        Measure("binary_accuracy", _mean(right.mean(axis=1)), True),
        Measure("exact", _mean(exact), True, exact),
        Measure("macro_f1", macro, True),
        _likelihood(output),
    ]


def _measures_of_numbers(output: OutputPredictions) -> list[Measure]:
    truth = np.asarray(output.truth, dtype=np.float64).reshape(len(output), -1)
    errors = points(output) - truth
    mean_square = _mean(np.square(errors).mean(axis=1))
    # around their mean, so that the difference of two large squares does not lose its digits
    centred = truth - truth.mean(axis=0) if len(truth) else truth
    squares, totals = np.square(errors), np.square(centred)

    def r2(counts: Array) -> Array:
        rows = counts.sum(axis=1, keepdims=True)
        spread = counts @ totals - np.square(counts @ centred) / rows
        spread[spread <= 1e-12 * np.maximum(counts @ totals, 1e-300)] = np.nan
        found: Array = (1 - (counts @ squares) / spread).mean(axis=1)
        return found

    return [
        Measure("mae", _mean(np.abs(errors).mean(axis=1)), False),
        Measure("rmse", lambda counts: np.sqrt(mean_square(counts)), False),
        Measure("mse", mean_square, False),
        Measure("bias", _mean(errors.mean(axis=1)), False),
        Measure("r2", _silent(r2), True),
    ]


def negative_log(of_truth: Array) -> Array:
    """What a row adds to the negative log likelihood, in nats.

    Args:
        of_truth: the probability of what is true, from 0 to 1, of any shape.
    """
    return np.asarray(-np.log(np.maximum(of_truth, LEAST_PROBABILITY)))


def _likelihood(output: OutputPredictions) -> Measure:
    losses = negative_log(probability_of_truth(output))
    each = losses if losses.ndim == 1 else losses.mean(axis=1)
    weights = np.ones(len(each)) if output.weights is None else output.weights
    return Measure("nll", _ratio(each * weights, weights), False)


def _mean(values: Array) -> Callable[[Array], Array]:
    return _ratio(values, np.ones(len(values)))


def _ratio(part: Array, whole: Array) -> Callable[[Array], Array]:
    above, below = part.astype(np.float64), whole.astype(np.float64)
    return _silent(lambda counts: (counts @ above) / (counts @ below))


def _silent(of_counts: Callable[[Array], Array]) -> Callable[[Array], Array]:
    """The same without numpy's warnings: a fraction of nothing is NaN."""

    def quiet(counts: Array) -> Array:
        with np.errstate(divide="ignore", invalid="ignore"):
            found = np.asarray(of_counts(counts))
        return np.where(np.isfinite(found), found, np.nan)

    return quiet


def _macro_f1(truth: Array, decided: Array, size: int) -> Callable[[Array], Array]:
    rightly = truth == decided

    def of_counts(counts: Array) -> Array:
        tables = np.array(
            [
                [
                    np.bincount(truth[rightly], row[rightly], size),
                    np.bincount(decided, row, size),
                    np.bincount(truth, row, size),
                ]
                for row in counts
            ]
        )
        return _mean_f1(*tables.transpose(1, 0, 2))

    return of_counts


def _mean_f1(both: Array, said: Array, true: Array) -> Array:
    """The mean of F1 over the classes that occur, [draws], of tables [draws, classes].

    Args:
        both: how often each class was predicted rightly.
        said: how often it was predicted.
        true: how often it occurs.
    """
    occurs = true > 0
    with np.errstate(divide="ignore", invalid="ignore"):
        scores = np.where(occurs, 2 * both / (said + true), 0.0)
        return np.asarray(scores.sum(axis=1) / occurs.sum(axis=1))
