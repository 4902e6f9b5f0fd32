"""How runs differ: in their specs, and in the metrics that they reach."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .record import RunRecord

LABELS = ("name", "description")
"""Keys of a spec that do not affect a run."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Runs side by side.

    Attributes:
        runs: in the order given.
        settings: dotted path in the spec to its value in each run, for the values that differ;
            None for a run without one.
        metrics: `test_accuracy` and the like to its value in each run; None as above.
    """

    runs: tuple[RunRecord, ...]
    settings: Mapping[str, list[Any]]
    metrics: Mapping[str, list[float | None]]


def compare(runs: Sequence[RunRecord]) -> Comparison:
    """Compare two or more runs."""
    settings = dict(_differences([run.spec for run in runs], ""))
    for label in LABELS:
        settings.pop(label, None)
    reached = [_final_metrics(run) for run in runs]
    names = dict.fromkeys(name for values in reached for name in values)
    metrics = {name: [values.get(name) for values in reached] for name in names}
    return Comparison(tuple(runs), settings, metrics)


def _final_metrics(run: RunRecord) -> dict[str, float | None]:
    """The metrics of a complete run on all splits; of another one, those of its last epoch."""
    last = {name: values[-1] for name, values in run.curves.items() if name != "learning_rate"}
    return run.flat_metrics or dict(last)


def _differences(values: list[Any], path: str) -> Iterator[tuple[str, list[Any]]]:
    """Paths as `--set` takes them, with the value of each run, as deep as all have the same
    structure."""
    if all(value == values[0] for value in values):
        return
    if all(isinstance(value, dict) for value in values):
        for key in dict.fromkeys(key for value in values for key in value):
            inner = [value.get(key) for value in values]
            yield from _differences(inner, f"{path}.{key}" if path else str(key))
    elif all(isinstance(v, list) and len(v) == len(values[0]) for v in values) and any(
        isinstance(item, (dict, list)) for item in values[0]
    ):
        for index in range(len(values[0])):
            yield from _differences([value[index] for value in values], f"{path}.{index}")
    else:
        yield path, values
