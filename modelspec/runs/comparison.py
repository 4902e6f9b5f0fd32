"""How runs differ: in their specs, and in the metrics that they reach."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from string import ascii_uppercase
from typing import Any

from modelspec.value_classes import value_class

from .record import RunRecord

LABELS = ("name", "description")
"""Keys of a spec that do not affect a run."""


@value_class
class Comparison:
    """Runs side by side.

    Attributes:
        runs: in the order given.
        settings: dotted path in the spec to its value in each run, for the values that differ;
            None for a run without one.
        metrics: `test_accuracy` and the like to its value in each run; None as above.
        splits: of the validation and the test split those that are not the same rows in all runs,
            to the letter of each run's: runs with the same letter have the same rows.
    """

    runs: tuple[RunRecord, ...]
    settings: Mapping[str, list[Any]]
    metrics: Mapping[str, list[float | None]]
    splits: Mapping[str, list[str]]


def compare(runs: Sequence[RunRecord]) -> Comparison:
    """Compare two or more runs."""
    settings = dict(differing_settings([run.spec for run in runs], ""))
    for label in LABELS:
        settings.pop(label, None)
    reached = [_final_metrics(run) for run in runs]
    names = dict.fromkeys(name for values in reached for name in values)
    metrics = {name: [values.get(name) for values in reached] for name in names}
    letters = {split: split_letters(runs, split) for split in ("validation", "test")}
    splits = {split: found for split, found in letters.items() if found}
    return Comparison(tuple(runs), settings, metrics, splits)


def split_letters(runs: Sequence[RunRecord], split: str) -> list[str]:
    """A letter for each run, the same for the same rows of a split; "" for a run without it.

    Nothing where all runs have the same rows: then their metrics can be compared.
    """
    digests = list(dict.fromkeys(d for run in runs if (d := run.digests.get(split))))
    if len(digests) < 2:
        return []
    letters = {digest: _letter(number) for number, digest in enumerate(digests)}
    return [letters.get(run.digests.get(split, ""), "") for run in runs]


def _letter(number: int) -> str:
    """A, B ... Z, AA, AB ..."""
    count = len(ascii_uppercase)
    before = _letter(number // count - 1) if number >= count else ""
    return before + ascii_uppercase[number % count]


def _final_metrics(run: RunRecord) -> dict[str, float | None]:
    """The metrics of a complete run on all splits; of another one, those of its last epoch."""
    last = {name: values[-1] for name, values in run.curves.items() if name != "learning_rate"}
    return run.flat_metrics or dict(last)


def differing_settings(values: Sequence[Any], path: str = "") -> Iterator[tuple[str, list[Any]]]:
    """Paths as `--set` takes them, with the value of each document where these differ, as deep as
    all have the same structure.

    Args:
        values: the documents, or the parts of them at `path`.
        path: where these parts are.
    """
    if all(value == values[0] for value in values):
        return
    if all(isinstance(value, dict) for value in values):
        for key in dict.fromkeys(key for value in values for key in value):
            inner = [value.get(key) for value in values]
            yield from differing_settings(inner, f"{path}.{key}" if path else str(key))
    elif all(isinstance(v, list) and len(v) == len(values[0]) for v in values) and any(
        isinstance(item, (dict, list)) for item in values[0]
    ):
        for index in range(len(values[0])):
            yield from differing_settings([value[index] for value in values], f"{path}.{index}")
    else:
        yield path, list(values)
