"""The errors of forecasts by step of the horizon and by group, beside those without a model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import isfinite
from typing import Any

import numpy as np
import numpy.typing as npt

from modelspec.data.examples import Examples
from modelspec.report import table
from modelspec.spec.data import HORIZON
from modelspec.training.prepare import OutputKind
from modelspec.training.trained_run import Predictor

Array = npt.NDArray[Any]

CHUNK = 1 << 14
"""Examples whose predictions are made at once."""

MOST_GROUPS = 12
"""Groups that are shown to people; JSON has all."""

EPSILON = 1e-12
"""In place of an error of 0, to divide by."""

NAIVE, SEASONAL = "naive", "seasonal_naive"
COLUMNS = ("mae", "rmse", f"{NAIVE}_mae", f"{SEASONAL}_mae")
"""The errors of each step and group."""


@dataclass(frozen=True, slots=True)
class ForecastErrors:
    """How far an output is off, in all and by step and group.

    Attributes:
        output: its name.
        season: the rows of a season; None where none is known.
        season_share: the share of the values that have one a season before.
        whole: the errors of all, by the names of `COLUMNS`; those of a season only where one is
            known.
        steps: those of each step of the horizon.
        groups: those of each group, by its name; empty without groups.
    """

    output: str
    season: int | None
    season_share: float
    whole: Mapping[str, float]
    steps: Sequence[Mapping[str, float]]
    groups: Mapping[str, Mapping[str, float]]

    def text(self) -> str:
        """For people."""
        names = [name for name in COLUMNS if name in self.whole]
        heads = [name.removesuffix("_mae").replace("_", " ") for name in names]
        said = f"{NAIVE} says the last value"
        if self.season is not None:
            count = f"{self.season} row{'s' * (self.season > 1)}"
            said += f", seasonal naive that of {count} before"
            if self.season_share < 1:
                said += f", which {self.season_share:.0%} of the values have"
        rows = [_cells(str(index + 1), one, names) for index, one in enumerate(self.steps)]
        rows.append(_cells("all", self.whole, names))
        head = f"{self.output}: mean absolute errors by step ({said})"
        parts = [f"{head}\n\n{table(('step', *heads), rows, right=','.join(heads))}"]
        if self.groups:
            parts.append(self._groups_text(names, heads))
        return "\n".join(parts)

    def _groups_text(self, names: Sequence[str], heads: Sequence[str]) -> str:
        compared = names[-1]
        worst = sorted(
            self.groups, key=lambda name: -self.groups[name]["mae"] / self._of(name, compared)
        )
        shown = worst[:MOST_GROUPS]
        rows = [_cells(name, self.groups[name], names) for name in shown]
        which = "" if len(shown) == len(worst) else f", the {len(shown)} worst of {len(worst)}"
        head = f"{self.output}: by group{which}, beside {compared.removesuffix('_mae')}"
        return (
            f"{head.replace('_', ' ')}\n\n{table(('group', *heads), rows, right=','.join(heads))}"
        )

    def _of(self, name: str, column: str) -> float:
        value = self.groups[name][column]
        return value if value > 0 else EPSILON

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {
            **_finite(self.whole),
            "season": self.season,
            "steps": [{"step": index + 1, **_finite(one)} for index, one in enumerate(self.steps)],
            "groups": [{"group": name, **_finite(one)} for name, one in self.groups.items()],
        }


def _finite(values: Mapping[str, float]) -> dict[str, float | None]:
    return {name: value if isfinite(value) else None for name, value in values.items()}


def _cells(name: str, values: Mapping[str, float], columns: Sequence[str]) -> tuple[str, ...]:
    cells = (values[column] for column in columns)
    return (name, *(f"{value:.4g}" if isfinite(value) else "" for value in cells))


def forecast_errors(
    predictor: Predictor, examples: Examples, meanings: Mapping[str, Mapping[str, Any]]
) -> tuple[ForecastErrors, ...]:
    """The errors of each output that forecasts numbers; none where the examples are no windows.

    Args:
        predictor: from examples to output name to array [n, ...].
        examples: with their targets.
        meanings: output name to its `output_meaning`.
    """
    windows = examples.windows
    names = [] if windows is None else [n for n in windows.values if _is_number(meanings.get(n))]
    if windows is None or not names or not len(examples):
        return ()
    made: dict[str, list[Array]] = {name: [] for name in names}
    for start in range(0, len(examples), CHUNK):
        outputs = predictor(replace(examples.take(slice(start, start + CHUNK)), targets={}))
        for name in names:
            made[name].append(outputs[name])
    found = []
    for name in names:
        truth = windows.values[name][windows.series.windows.positions(windows.starts, HORIZON)]
        said = np.concatenate(made[name])
        if said.size == truth.size:
            errors = {"": said.reshape(truth.shape) - truth, NAIVE: windows.naive(name) - truth}
            seasonal = windows.seasonal_naive(name)
            if seasonal is not None and not np.isnan(seasonal).all():
                errors[SEASONAL] = seasonal - truth
            found.append(_measured(name, errors, windows.groups(), windows.season))
    return tuple(found)


def _is_number(meaning: Mapping[str, Any] | None) -> bool:
    return meaning is not None and meaning["kind"] == OutputKind.NUMBERS


def _measured(
    name: str, errors: Mapping[str, Array], groups: Array | None, season: int | None
) -> ForecastErrors:
    """The errors [n, horizon, columns] of the model, under "", and of each forecast without."""
    steps = [
        _summary({key: error[:, index] for key, error in errors.items()})
        for index in range(errors[""].shape[1])
    ]
    by_group = {}
    for group in [] if groups is None else np.unique(groups).tolist():
        chosen = groups == group
        by_group[str(group)] = _summary({key: error[chosen] for key, error in errors.items()})
    share = 0.0
    if SEASONAL in errors:
        share = 1 - float(np.isnan(errors[SEASONAL]).mean())
    season = season if share else None
    return ForecastErrors(name, season, share, _summary(errors), steps, by_group)


def _summary(errors: Mapping[str, Array]) -> dict[str, float]:
    own = errors[""].astype(np.float64)
    found = {"mae": float(np.abs(own).mean()), "rmse": float(np.sqrt(np.square(own).mean()))}
    for name, error in errors.items():
        if name:
            known = np.abs(error[~np.isnan(error)])
            found[f"{name}_mae"] = float(known.mean()) if len(known) else float("nan")
    return found
