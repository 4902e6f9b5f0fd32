"""Which of several runs is the best by a metric, and which direction of it is better."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from modelspec.diagnostics import UsageError, did_you_mean, join_words
from modelspec.spec.training import large_is_good, small_is_good

from .layout import METRIC_PREFIXES
from .record import BestEpoch, RunRecord

SPLIT_PREFIXES = tuple(prefix for prefix in METRIC_PREFIXES.values() if prefix)


class Ranked(NamedTuple):
    """A run with its value of the metric; None where it has none."""

    run: RunRecord
    value: BestEpoch | None


class Ranking(NamedTuple):
    """Runs in the order of a metric, the best first, those without it last.

    Attributes:
        metric: its name, as the runs log it.
        is_large_good: whether more of it is better.
        runs: in order.
    """

    metric: str
    is_large_good: bool
    runs: Sequence[Ranked]


def rank(
    runs: Sequence[RunRecord],
    metric: str,
    *,
    of_best_epoch: bool = False,
    is_large_good: bool | None = None,
) -> Ranking:
    """Put runs into the order of a metric.

    Args:
        runs: one or more.
        metric: such as `val_AUC`, in any case.
        of_best_epoch: compare the best epoch of each run; by default its trained model.
        is_large_good: whether more is better; None finds it by the metric.

    Raises:
        UsageError: no run has the metric, or which direction of it is better is not known.
    """
    names = list(dict.fromkeys(name for run in runs for name in _values(run)))
    same = [name for name in names if name.lower() == metric.lower()]
    if not names:
        raise UsageError(f"no run has measured `{metric}`: none has finished an epoch")
    if not same:
        measured = join_words(names)
        near = did_you_mean(metric, names)
        raise UsageError(f"no run has measured `{metric}`, only {measured}{near}")
    name = metric if metric in same else same[0]
    if is_large_good is None:
        is_large_good = _direction(runs, name)
    sign = -1 if is_large_good else 1
    found = [Ranked(run, _value(run, name, of_best_epoch, is_large_good)) for run in runs]
    found.sort(key=lambda one: math.inf if one.value is None else sign * one.value.value)
    return Ranking(name, is_large_good, found)


def _values(run: RunRecord) -> dict[str, Any]:
    curves = {name: values for name, values in run.curves.items() if name != "learning_rate"}
    return curves | run.flat_metrics


def _value(run: RunRecord, name: str, of_best_epoch: bool, is_large_good: bool) -> BestEpoch | None:
    """The value of a run: of its trained model, or of its last epoch where it is not complete."""
    pairs = zip(run.curves.get(name, ()), run.epochs, strict=False)
    finite = [(value, epoch) for value, epoch in pairs if math.isfinite(value)]
    if of_best_epoch and finite:
        value, epoch = (max if is_large_good else min)(finite, key=lambda pair: pair[0])
        return BestEpoch(name, value, epoch)
    final = run.flat_metrics.get(name)
    if final is not None and math.isfinite(final):
        return BestEpoch(name, final, run.done)
    if run.metrics.get("train") or not finite:
        return None
    return BestEpoch(name, *finite[-1])


def _direction(runs: Sequence[RunRecord], name: str) -> bool:
    """Whether more of a metric is better, by its name, or by its class where it has another name.

    Raises:
        UsageError: neither tells.
    """
    plain = name
    for prefix in SPLIT_PREFIXES:
        plain = plain.removeprefix(prefix)
    classes = [
        class_name
        for run in runs
        for given, class_name in _named_metrics(run.spec.get("training"))
        if plain == given or plain.endswith(f"_{given}")
    ]
    for known in (*classes, plain):
        if large_is_good(known):
            return True
        if small_is_good(known):
            return False
    raise UsageError(
        f"whether more or less of `{name}` is better is not known: give --largest or --smallest"
    )


def _named_metrics(section: Any) -> Iterator[tuple[str, str]]:
    """The metrics and losses that have a name of the spec: the name, and the class."""
    if isinstance(section, list):
        for item in section:
            yield from _named_metrics(item)
    elif isinstance(section, Mapping):
        for key, value in section.items():
            if isinstance(value, Mapping) and isinstance(value.get("name"), str):
                yield value["name"], str(key)
            yield from _named_metrics(value)
