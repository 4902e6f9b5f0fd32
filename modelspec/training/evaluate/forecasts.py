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
from modelspec.runs import OutputKind, middle_quantile
from modelspec.spec.data import HORIZON
from modelspec.spec.model import KerasObject
from modelspec.training.predict import quantile_suffix
from modelspec.training.trained_run import Predictor

from .metric_values import MetricValues

Array = npt.NDArray[Any]

CHUNK = 1 << 14
"""Examples whose predictions are made at once."""

MOST_GROUPS = 12
"""Groups that are shown to people; JSON has all."""

EPSILON = 1e-12
"""In place of an error of 0, to divide by."""

MOST_MEASURED = 200
"""Groups of which the metrics of the spec are computed, which takes Keras some time for each."""

NAIVE, SEASONAL = "naive", "seasonal_naive"


@dataclass(frozen=True, slots=True)
class ForecastErrors:
    """How far an output is off, in all and by step and group.

    Attributes:
        output: its name.
        season: the rows of a season; None where none is known.
        season_share: the share of the values that have one a season before.
        whole: the errors of all: `mae` and `rmse`, the metrics of the spec by their names, and for
            each forecast without a model, as in `naive_mae`, the same except `rmse`; those of a
            season only where one is known.
        steps: those of each step of the horizon.
        groups: those of each group, by its name; empty without groups.
        quantile: of several quantiles, the one whose errors these are.
    """

    output: str
    season: int | None
    season_share: float
    whole: Mapping[str, float]
    steps: Sequence[Mapping[str, float]]
    groups: Mapping[str, Mapping[str, float]]
    quantile: float | None = None

    @property
    def skills(self) -> dict[str, float]:
        """By how much of its mean absolute error the model is better than each forecast without a
        model: 1 is perfect, 0 as good, and below 0 worse. There is none over a forecast that is
        always right, or that not all values have.

        A. H. Murphy, "Skill scores based on the mean square error and their relationships to the
        correlation coefficient", Monthly Weather Review 116 (1988) 2417-2424, here of absolute
        errors.
        """
        known = (NAIVE, SEASONAL) if self.season_share == 1 else (NAIVE,)
        others = {name: self.whole.get(f"{name}_mae", 0.0) for name in known}
        return {name: 1 - self.whole["mae"] / mae for name, mae in others.items() if mae > 0}

    def text(self) -> str:
        """For people."""
        names = list(self.whole)
        heads = [_head(name) for name in names]
        said = f"{NAIVE} says the last value"
        if self.season is not None:
            count = f"{self.season} row{'s' * (self.season > 1)}"
            said += f", seasonal naive that of {count} before"
            if self.season_share < 1:
                said += f", which {self.season_share:.0%} of the values have"
        rows = [_cells(str(index + 1), one, names) for index, one in enumerate(self.steps)]
        rows.append(_cells("all", self.whole, names))
        of = "" if self.quantile is None else f" of {quantile_suffix(self.quantile)}"
        head = f"{self.output}: errors{of} by step ({said})"
        skills = self.skills.items()
        skill = ", ".join(f"{value:.3f} over {name.replace('_', ' ')}" for name, value in skills)
        line = f"skill {skill} (1 - mae / its mae)\n" if skill else ""
        parts = [f"{head}\n\n{table(('step', *heads), rows, right=','.join(heads))}{line}"]
        if self.groups:
            parts.append(self._groups_text(names, heads))
        return "\n".join(parts)

    def _groups_text(self, names: Sequence[str], heads: Sequence[str]) -> str:
        compared = f"{SEASONAL if self.season is not None else NAIVE}_mae"
        worst = sorted(
            self.groups, key=lambda name: -self.groups[name]["mae"] / self._of(name, compared)
        )
        shown = worst[:MOST_GROUPS]
        rows = [_cells(name, self.groups[name], names) for name in shown]
        which = "" if len(shown) == len(worst) else f", the {len(shown)} worst of {len(worst)}"
        head = f"{self.output}: by group{which}, beside {_head(compared)}"
        return f"{head}\n\n{table(('group', *heads), rows, right=','.join(heads))}"

    def _of(self, name: str, column: str) -> float:
        value = self.groups[name][column]
        return value if value > 0 else EPSILON

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {
            **_finite(self.whole),
            "skill": _finite(self.skills),
            "season": self.season,
            **({} if self.quantile is None else {"quantile": self.quantile}),
            "steps": [{"step": index + 1, **_finite(one)} for index, one in enumerate(self.steps)],
            "groups": [{"group": name, **_finite(one)} for name, one in self.groups.items()],
        }


def _head(name: str) -> str:
    """The head of a column: that of the mean absolute error of a naive forecast is its name."""
    for forecast in (SEASONAL, NAIVE):
        if name.startswith(f"{forecast}_"):
            metric = name.removeprefix(f"{forecast}_")
            if metric == "mae":
                return forecast.replace("_", " ")
            return f"{forecast.partition('_')[0]} {metric}"
    return name


def _finite(values: Mapping[str, float]) -> dict[str, float | None]:
    return {name: value if isfinite(value) else None for name, value in values.items()}


def _cells(name: str, values: Mapping[str, float], columns: Sequence[str]) -> tuple[str, ...]:
    cells = (values.get(column, float("nan")) for column in columns)
    return (name, *(f"{value:.4g}" if isfinite(value) else "" for value in cells))


def forecast_errors(
    predictor: Predictor,
    examples: Examples,
    meanings: Mapping[str, Mapping[str, Any]],
    metrics: Mapping[str, Sequence[KerasObject]],
) -> tuple[ForecastErrors, ...]:
    """The errors of each output that forecasts numbers; none where the examples are no windows.

    Args:
        predictor: from examples to output name to array [n, ...].
        examples: with their targets.
        meanings: output name to its `output_meaning`.
        metrics: output name to the metrics that are computed beside these errors.
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
        said, quantiles = np.concatenate(made[name]), meanings[name].get("quantiles")
        if quantiles:
            said = said[..., middle_quantile(quantiles)]
        if said.size != truth.size:
            continue
        forecasts = {"": said.reshape(truth.shape), NAIVE: windows.naive(name)}
        seasonal = windows.seasonal_naive(name)
        if seasonal is not None and not np.isnan(seasonal).all():
            forecasts[SEASONAL] = seasonal
        values = MetricValues(() if quantiles else metrics.get(name, ()))
        measured = _Measure(truth, forecasts, said.shape[1:], values)
        errors = measured.errors(name, windows.groups(), windows.season)
        if quantiles and len(quantiles) > 1:
            errors = replace(errors, quantile=quantiles[middle_quantile(quantiles)])
        found.append(errors)
    return tuple(found)


def _is_number(meaning: Mapping[str, Any] | None) -> bool:
    return meaning is not None and meaning["kind"] == OutputKind.NUMBERS


@dataclass(frozen=True, slots=True)
class _Measure:
    """Measures forecasts of one truth.

    Attributes:
        truth: [n, horizon, columns].
        forecasts: the same of the model, under "", and of each forecast without; NaN where that
            knows none.
        shape: of an output of the model, without the batch axis.
        metrics: of the spec.
    """

    truth: Array
    forecasts: Mapping[str, Array]
    shape: tuple[int, ...]
    metrics: MetricValues

    def errors(self, name: str, groups: Array | None, season: int | None) -> ForecastErrors:
        """The errors in all, by step and by group.

        Args:
            name: of the output.
            groups: [n]: the name of the group of each example; None without groups.
            season: the rows of a season; None where none is known.
        """
        every = slice(None)
        columns = self.truth.shape[2:]
        steps = [self._summary(every, index, columns) for index in range(self.truth.shape[1])]
        names = [] if groups is None else np.unique(groups).tolist()
        with_metrics = len(names) <= MOST_MEASURED
        by_group = {
            str(group): self._summary(groups == group, every, self.shape, with_metrics)
            for group in names
        }
        share = 0.0
        if SEASONAL in self.forecasts:
            share = 1 - float(np.isnan(self.forecasts[SEASONAL]).mean())
        whole = self._summary(every, every, self.shape)
        return ForecastErrors(name, season if share else None, share, whole, steps, by_group)

    def _summary(
        self, rows: Any, steps: Any, shape: tuple[int, ...], with_metrics: bool = True
    ) -> dict[str, float]:
        """The errors of some rows and steps; metrics take these as [n, *shape]."""
        truth = self.truth[rows, steps].astype(np.float64)
        own: dict[str, float] = {}
        others: dict[str, float] = {}
        for name, forecast in self.forecasts.items():
            said = forecast[rows, steps].astype(np.float64)
            known = ~np.isnan(said) if name else np.ones(said.shape, dtype=np.bool_)
            error = (said - truth)[known]
            mae = float(np.abs(error).mean()) if error.size else float("nan")
            values = {}
            if with_metrics:
                whole = known.reshape(len(known), -1).all(axis=1)
                values = self.metrics.of(
                    *(part[whole].reshape(-1, *shape).astype(np.float32) for part in (truth, said))
                )
            if not name:
                own = {"mae": mae, "rmse": float(np.sqrt(np.square(error).mean())), **values}
                continue
            others[f"{name}_mae"] = mae
            others |= {f"{name}_{metric}": value for metric, value in values.items()}
        return own | others
