"""How runs differ: in their specs, and in what they reach."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .record import RunRecord

ABSENT = "-"
LABELS = ("name", "description")
"""Parts of a spec that change nothing in a run."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Runs side by side.

    Attributes:
        runs: in the order given.
        settings: path in the spec to its value in each run, where they differ; None where a run
            has none.
        metrics: `test_accuracy` and the like to its value in each run, or None.
    """

    runs: tuple[RunRecord, ...]
    settings: Mapping[str, list[Any]]
    metrics: Mapping[str, list[float | None]]


def compare(runs: Sequence[RunRecord]) -> Comparison:
    """Compare runs, two or more."""
    differing = dict(_differing([run.spec for run in runs], ""))
    for label in LABELS:
        differing.pop(label, None)
    measured = [_measured(run) for run in runs]
    names = dict.fromkeys(name for found in measured for name in found)
    metrics = {name: [found.get(name) for found in measured] for name in names}
    return Comparison(tuple(runs), differing, metrics)


def _measured(run: RunRecord) -> dict[str, float | None]:
    """All values of a run; of one that is not complete, those of its last epoch."""
    prefixes = {"train": "", "validation": "val_", "test": "test_"}
    found = {
        f"{prefix}{name}": value
        for part, prefix in prefixes.items()
        for name, value in run.metrics.get(part, {}).items()
    }
    last = {name: values[-1] for name, values in run.curves.items() if name != "learning_rate"}
    return found or dict(last)


def _differing(values: list[Any], path: str) -> Iterator[tuple[str, list[Any]]]:
    """Paths as `--set` takes them, with the values there, as deep as all runs go together."""
    if all(value == values[0] for value in values):
        return
    if all(isinstance(value, dict) for value in values):
        for key in dict.fromkeys(key for value in values for key in value):
            inner = [value.get(key) for value in values]
            yield from _differing(inner, f"{path}.{key}" if path else str(key))
    elif all(isinstance(v, list) and len(v) == len(values[0]) for v in values) and any(
        isinstance(item, (dict, list)) for item in values[0]
    ):
        for index in range(len(values[0])):
            yield from _differing([value[index] for value in values], f"{path}.{index}")
    else:
        yield path, values
