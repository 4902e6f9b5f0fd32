"""Permutation importance: what an output loses where the values of an input are shuffled."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import numpy as np
import numpy.typing as npt

from modelspec.report import table

REPEATS = 5
"""How often each input is shuffled."""

Rows = TypeVar("Rows")
"""What a model predicts from: a matrix, a table, examples."""


@dataclass(frozen=True, slots=True)
class Importance:
    """How much one output needs one input.

    Attributes:
        feature: the column, or the input.
        mean: by how much the score is worse where the values of it are shuffled, in the mean.
        deviation: the standard deviation of the repeats, as scikit-learn has it (of a population).
        drops: of each repeat.
    """

    feature: str
    mean: float
    deviation: float
    drops: tuple[float, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {
            "feature": self.feature,
            "mean": self.mean,
            "deviation": self.deviation,
            "drops": list(self.drops),
        }


@dataclass(frozen=True, slots=True)
class Importances:
    """How much one output needs each input, the most needed first.

    Attributes:
        output: its name.
        measure: what is compared, such as "accuracy".
        score: of the rows as they are.
        features: each with its drop.
    """

    output: str
    measure: str
    score: float
    features: tuple[Importance, ...]

    def text(self) -> str:
        """For people."""
        rows = [(one.feature, f"{one.mean:.4g}", f"{one.deviation:.2g}") for one in self.features]
        head = f"{self.output}: by how much {self.measure} {self.score:.4g} is worse"
        head += " where a column is shuffled"
        shown = table(("column", "worse by", "±"), rows, right="worse by,±")
        return f"{head}\n\n{shown}"

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {
            "measure": self.measure,
            "score": self.score,
            "features": [one.to_dict() for one in self.features],
        }


@dataclass(frozen=True, slots=True)
class OutputScore:
    """The score of one output: a measure of its predictions.

    Attributes:
        measure: its name.
        value: over the rows.
        is_large_good: whether more is better.
    """

    measure: str
    value: float
    is_large_good: bool


@dataclass(frozen=True, slots=True)
class Shuffling(Generic[Rows]):
    """What is shuffled, and how the rest is scored.

    Attributes:
        size: n, how many rows there are.
        features: what is shuffled, each on its own.
        shuffled: from a feature and the order of the rows, int64 [n], to the rows in which the
            feature has that order, and all else stays.
        scores: from the rows to the score of each output by its name.
    """

    size: int
    features: Sequence[str]
    shuffled: Callable[[str, npt.NDArray[np.int64]], Rows]
    scores: Callable[[Rows], Mapping[str, OutputScore]]


def importances_of(
    rows: Rows, shuffling: Shuffling[Rows], *, repeats: int = REPEATS, seed: int = 0
) -> dict[str, Importances]:
    """How much each output needs each feature, by output.

    L. Breiman, "Random Forests", Machine Learning 45 (2001) 5-32, section 10; for any model: A.
    Fisher, C. Rudin and F. Dominici, "All Models are Wrong, but Many are Useful", JMLR 20 (2019).
    A feature that another one tells nearly all of has a small importance, though both may matter.

    Args:
        rows: as they are.
        shuffling: how they are shuffled and scored.
        repeats: how often each feature is shuffled.
        seed: of the orders; a feature has the same ones whatever other features there are.
    """
    before = shuffling.scores(rows)
    drops: dict[str, list[Importance]] = {name: [] for name in before}
    for feature in shuffling.features:
        key = np.frombuffer(feature.encode("utf-8"), dtype=np.uint8)
        draw = np.random.default_rng([seed, *key.tolist()])
        found: dict[str, list[float]] = {name: [] for name in before}
        for _ in range(repeats):
            order = draw.permutation(shuffling.size)
            after = shuffling.scores(shuffling.shuffled(feature, order))
            for name, one in before.items():
                drop = one.value - after[name].value
                found[name].append(drop if one.is_large_good else -drop)
        for name, values in found.items():
            mean, deviation = float(np.mean(values)), float(np.std(values))
            drops[name].append(Importance(feature, mean, deviation, tuple(values)))
    return {
        name: Importances(
            name,
            one.measure,
            one.value,
            tuple(sorted(drops[name], key=lambda importance: -importance.mean)),
        )
        for name, one in before.items()
    }
