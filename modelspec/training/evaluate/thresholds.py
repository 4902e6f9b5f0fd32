"""The metrics of a spec at another decision threshold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from modelspec.analysis import keras_class
from modelspec.analysis.losses import THRESHOLD_ARGUMENTS, metric_name
from modelspec.diagnostics import join_words
from modelspec.runs import OutputKind
from modelspec.spec.model import KerasObject
from modelspec.training.predict import THRESHOLD_KINDS
from modelspec.training.prepare import Output

ACCURACY = ("accuracy", "acc")
"""The metric that Keras chooses by the output: for one probability, BinaryAccuracy."""


def at_threshold(
    outputs: Sequence[Output], meanings: Mapping[str, Mapping[str, Any]], threshold: float
) -> tuple[tuple[Output, ...], tuple[str, ...]]:
    """The outputs with their metrics at a threshold, and a sentence for those that keep another.

    Metrics that have no threshold, such as AUC, stay as they are.

    Args:
        outputs: with the metrics of the spec.
        meanings: the `output_meaning` of each output.
        threshold: a probability.
    """
    found, kept = [], []
    for output in outputs:
        metrics, kind = [], OutputKind(meanings[output.name]["kind"])
        for metric in (*output.metrics, *output.weighted_metrics):
            moved = _moved(metric, kind, threshold)
            if moved is None or kind not in THRESHOLD_KINDS:
                metrics.append(metric)
            elif output.from_logits or _has_own(metric):
                metrics.append(metric)
                prefix = f"{output.name}_" if output.among > 1 else ""
                kept.append(prefix + metric_name(metric))
            else:
                metrics.append(moved)
        plain, weighted = metrics[: len(output.metrics)], metrics[len(output.metrics) :]
        found.append(replace(output, metrics=tuple(plain), weighted_metrics=tuple(weighted)))
    if not kept:
        return tuple(found), ()
    one = len(kept) == 1
    why = "compares logits" if one else "compare logits"
    if not any(output.from_logits for output in outputs):
        why = "has a threshold in the spec" if one else "have thresholds in the spec"
    verb = "is" if one else "are"
    return tuple(found), (f"{join_words(kept)} {verb} not at {threshold:g}: {why}",)


def _has_own(metric: KerasObject) -> bool:
    """Whether the spec gives a metric a threshold; an expanded spec has the default there."""
    argument, default = THRESHOLD_ARGUMENTS.get(keras_class(metric), ("", None))
    return metric.args.get(argument) not in (None, default)


def _moved(metric: KerasObject, kind: OutputKind, threshold: float) -> KerasObject | None:
    """A metric at a threshold, under the same name; None for one that has none."""
    if metric.as_text and metric.class_name in ACCURACY:
        if kind is not OutputKind.BINARY:
            return None
        class_name, argument = "BinaryAccuracy", "threshold"
    else:
        class_name = keras_class(metric)
        argument = THRESHOLD_ARGUMENTS.get(class_name, ("", None))[0]
    if not argument:
        return None
    args = {**metric.args, argument: threshold, "name": metric_name(metric)}
    return replace(metric, class_name=class_name, args=args, as_text=False)
