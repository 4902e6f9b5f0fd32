"""The quantiles of an output against the truth: losses, and how often the truth is below each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from modelspec.evaluation import Array
from modelspec.report import table
from modelspec.training.predict import quantile_suffix


@dataclass(frozen=True, slots=True)
class QuantileScores:
    """One output of quantiles on a split.

    Attributes:
        output: its name.
        quantiles: in rising order.
        losses: the mean pinball loss of each.
        below: the share of the truths that are at most each.
        inside: the share of the truths from the first quantile to the last.
        width: the mean distance of these two.
        crossed: the share of the values of which a quantile is above the next one.
    """

    output: str
    quantiles: tuple[float, ...]
    losses: tuple[float, ...]
    below: tuple[float, ...]
    inside: float
    width: float
    crossed: float

    def text(self) -> str:
        """For people."""
        head = f"{self.output}: pinball loss of each quantile, and the share of truths up to it"
        names = map(quantile_suffix, self.quantiles)
        rows = [
            (name, f"{loss:.4g}", f"{below:.1%}")
            for name, loss, below in zip(names, self.losses, self.below, strict=True)
        ]
        parts = [f"{head}\n\n{table(('quantile', 'loss', 'below'), rows, right='loss,below')}"]
        if len(self.quantiles) > 1:
            first, last = self.quantiles[0], self.quantiles[-1]
            said = (
                f"{self.inside:.1%} of the truths are from {quantile_suffix(first)} to"
                f" {quantile_suffix(last)}, of {last - first:.0%} expected; the mean width is"
                f" {self.width:.4g}"
            )
            if self.crossed:
                said += f"; {self.crossed:.1%} have a quantile above the next one"
            parts.append(said + "\n")
        return "\n".join(parts)

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        rows = zip(self.quantiles, self.losses, self.below, strict=True)
        return {
            "quantiles": [
                {"quantile": one, "loss": loss, "below": below} for one, loss, below in rows
            ],
            "inside": self.inside,
            "width": self.width,
            "crossed": self.crossed,
        }


class QuantileCounter:
    """Counts the predictions of one output of quantiles, batch by batch.

    Args:
        output: its name.
        meaning: its `output_meaning`.
    """

    def __init__(self, output: str, meaning: Mapping[str, Any]) -> None:
        self.output = output
        self.quantiles = np.asarray(meaning["quantiles"], dtype=np.float64)
        self.losses = np.zeros(len(self.quantiles))
        self.below = np.zeros(len(self.quantiles))
        self.inside = self.width = self.crossed = 0.0
        self.count = 0

    @staticmethod
    def has_quantiles(meaning: Mapping[str, Any]) -> bool:
        """Whether an output has a unit for each of some quantiles."""
        return bool(meaning.get("quantiles"))

    def add(self, target: Array, values: Array, *masks: Array | None) -> None:
        """Count a batch.

        Args:
            target: [n, ...], or with a last axis of 1: the truth.
            values: [n, ..., quantiles]: the output of the model.
            masks: [n, ...]: which of the truths count; None for all.
        """
        chosen = np.ones(values.shape[:-1], dtype=np.bool_)
        for mask in masks:
            if mask is not None:
                axes = (1,) * (chosen.ndim - mask.ndim)
                chosen &= np.asarray(mask, dtype=np.bool_).reshape(*mask.shape, *axes)
        made: npt.NDArray[np.float64] = values[chosen].astype(np.float64)
        true = target.reshape(values.shape[:-1])[chosen].astype(np.float64)[:, np.newaxis]
        error = true - made
        self.losses += np.maximum(self.quantiles * error, (self.quantiles - 1) * error).sum(axis=0)
        self.below += (true <= made).sum(axis=0)
        first, last = made[:, :1], made[:, -1:]
        self.inside += float(((true >= first) & (true <= last)).sum())
        self.width += float((last - first).sum())
        self.crossed += float((np.diff(made, axis=1) < 0).any(axis=1).sum())
        self.count += len(made)

    def result(self) -> QuantileScores | None:
        """The scores; None before the first value."""
        if not self.count:
            return None
        return QuantileScores(
            self.output,
            tuple(self.quantiles.tolist()),
            tuple((self.losses / self.count).tolist()),
            tuple((self.below / self.count).tolist()),
            self.inside / self.count,
            self.width / self.count,
            self.crossed / self.count,
        )
