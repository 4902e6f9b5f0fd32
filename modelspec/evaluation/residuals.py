"""Prediction minus truth of an output of numbers: where it is off, and whether by more for some."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import isfinite
from typing import Any

import numpy as np

from modelspec.report import table
from modelspec.runs import OutputKind

from .measures import measures_of, points
from .predictions import Array, OutputPredictions

LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
"""The quantiles of the errors that are given."""

PARTS = 10
"""Into how many parts of as many predictions each the errors are divided."""


@dataclass(frozen=True, slots=True)
class ResidualPart:
    """The errors of the predictions in a range.

    Attributes:
        low, high: the least and the largest of these predictions.
        n: how many there are.
        bias: the mean error.
        mae: the mean absolute error.
        spread: the standard deviation of the errors.
    """

    low: float
    high: float
    n: int
    bias: float
    mae: float
    spread: float


@dataclass(frozen=True, slots=True)
class Residuals:
    """The errors of the numbers of an output; an error is the prediction minus the truth.

    Attributes:
        output: its name.
        target: the column, where the output predicts several; else "".
        n: how many numbers there are, several in a row where the output has steps.
        measures: `bias`, `mae`, `rmse` and `r2` by name.
        quantiles: of the errors, by level.
        parts: by tenths of the predictions, the least first; fewer where many are equal.
        growth: Spearman's rank correlation of the size of the error with the prediction, from -1
            to 1: 0 where errors are as large for small predictions as for large ones. NaN where
            either is constant.
    """

    output: str
    target: str
    n: int
    measures: Mapping[str, float]
    quantiles: Mapping[float, float]
    parts: tuple[ResidualPart, ...]
    growth: float

    def text(self) -> str:
        """For people."""
        name = f"{self.output} {self.target}".rstrip()
        values = ", ".join(f"{key} {value:.4g}" for key, value in self.measures.items())
        levels = ", ".join(f"{100 * q:g} %: {value:.4g}" for q, value in self.quantiles.items())
        rows = [
            (
                f"[{part.low:.4g}, {part.high:.4g}]",
                f"{part.n:,}",
                *(f"{value:.4g}" for value in (part.bias, part.mae, part.spread)),
            )
            for part in self.parts
        ]
        names = ("n", "bias", "mae", "spread")
        shown = table(("prediction", *names), rows, right=",".join(names))
        return (
            f"{name}: errors (prediction - truth) of {self.n:,}: {values}\n"
            f"quantiles of the error: {levels}\n{self._growth_text()}\n\n{shown}"
        )

    def _growth_text(self) -> str:
        if not isfinite(self.growth):
            return "the predictions, or the sizes of the errors, are all equal"
        way = "with" if self.growth > 0 else "against"
        how = f"rank correlation {self.growth:.2f}"
        if abs(self.growth) < 0.2:
            return f"the size of the error hardly depends on the prediction ({how})"
        return f"the size of the error grows {way} the prediction ({how})"

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {
            "target": self.target or None,
            "n": self.n,
            **{name: _finite(value) for name, value in self.measures.items()},
            "quantiles": {f"{level:g}": value for level, value in self.quantiles.items()},
            "growth": _finite(self.growth),
            "parts": [
                {name: getattr(part, name) for name in ResidualPart.__slots__}
                for part in self.parts
            ],
        }


def _finite(value: float) -> float | None:
    return value if isfinite(value) else None


def residuals_of(output: OutputPredictions) -> tuple[Residuals, ...]:
    """The errors of an output of numbers: one for each column that it predicts.

    Raises:
        ValueError: the output has no numbers, or no rows.
    """
    if output.kind is not OutputKind.NUMBERS or not len(output):
        raise ValueError(f"`{output.name}` has no errors: its kind is {output.kind}")
    truth = np.asarray(output.truth, dtype=np.float64).reshape(len(output), -1)
    said = points(output)
    if len(output.columns) < 2 or len(output.columns) != truth.shape[1]:
        return (_residuals(output, "", truth, said),)
    return tuple(
        _residuals(output, name, truth[:, [at]], said[:, [at]])
        for at, name in enumerate(output.columns)
    )


def _residuals(output: OutputPredictions, target: str, truth: Array, said: Array) -> Residuals:
    one = replace(output, truth=truth, scores=said, quantiles=())
    found = measures_of(one)
    measures = {name: found[name].value(len(one)) for name in ("bias", "mae", "rmse", "r2")}
    errors, predictions = (said - truth).reshape(-1), said.reshape(-1)
    levels = np.quantile(errors, LEVELS)
    return Residuals(
        output.name,
        target,
        len(errors),
        measures,
        {level: float(value) for level, value in zip(LEVELS, levels, strict=True)},
        _parts(predictions, errors),
        _rank_correlation(predictions, np.abs(errors)),
    )


def _parts(predictions: Array, errors: Array) -> tuple[ResidualPart, ...]:
    edges = np.unique(np.quantile(predictions, np.linspace(0, 1, PARTS + 1)))
    part_of = np.clip(np.searchsorted(edges, predictions, side="right") - 1, 0, len(edges) - 2)
    found = []
    for number in np.unique(part_of):
        rows = part_of == number
        error, said = errors[rows], predictions[rows]
        values = (error.mean(), np.abs(error).mean(), error.std())
        found.append(
            ResidualPart(float(said.min()), float(said.max()), len(error), *map(float, values))
        )
    return tuple(found)


def _rank_correlation(first: Array, second: Array) -> float:
    """Spearman's: that of the ranks, which equal values share."""
    ranks = np.stack([_ranks(first), _ranks(second)])
    if (ranks.std(axis=1) == 0).any():
        return float("nan")
    return float(np.corrcoef(ranks)[0, 1])


def _ranks(values: Array) -> Array:
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    return np.asarray((ends - (counts - 1) / 2)[place], dtype=np.float64)
