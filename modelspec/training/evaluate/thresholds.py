"""The metrics of a spec at another decision threshold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from modelspec.analysis import keras_class
from modelspec.analysis.losses import THRESHOLD_ARGUMENTS, metric_name
from modelspec.diagnostics import Findings, join_words
from modelspec.runs import OutputKind
from modelspec.spec.model import KerasObject
from modelspec.training.predict import DEFAULT_THRESHOLD, THRESHOLD_KINDS, threshold_of
from modelspec.training.prepare import Output, PreparedTraining, compile_model

ACCURACY = ("accuracy", "acc")
"""The metric that Keras chooses by the output: for one probability, BinaryAccuracy."""


def at_threshold(
    outputs: Sequence[Output],
    meanings: Mapping[str, Mapping[str, Any]],
    threshold: float | None = None,
) -> tuple[tuple[Output, ...], tuple[str, ...]]:
    """The outputs with their metrics at a threshold, and a sentence for those that keep another.

    Metrics that have no threshold, such as AUC, stay as they are.

    Args:
        outputs: with the metrics of the spec.
        meanings: the `output_meaning` of each output.
        threshold: a probability; None for that of each output.
    """
    given = {output.name: threshold_of(meanings[output.name], threshold) for output in outputs}
    found, notes = [], dict[str, None]()
    for value in dict.fromkeys(given.values()):
        part = [output for output in outputs if given[output.name] == value]
        if threshold is None and value == DEFAULT_THRESHOLD:
            found += part
            continue
        moved, said = _at(part, meanings, value)
        found += moved
        notes |= dict.fromkeys(said)
    order = {output.name: number for number, output in enumerate(outputs)}
    return tuple(sorted(found, key=lambda output: order[output.name])), tuple(notes)


def _at(
    outputs: Sequence[Output], meanings: Mapping[str, Mapping[str, Any]], threshold: float
) -> tuple[tuple[Output, ...], tuple[str, ...]]:
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


def with_metrics_at_thresholds(
    prepared: PreparedTraining, meanings: Mapping[str, Mapping[str, Any]], findings: Findings
) -> PreparedTraining:
    """The training with its metrics at the thresholds of its outputs; the optimizer stays.

    Args:
        prepared: with a trained model, which is compiled anew if a metric has another threshold.
        meanings: the `output_meaning` of each output, with its threshold.
        findings: takes what Keras refuses.
    """
    if not any("threshold" in meaning for meaning in meanings.values()):
        return prepared
    outputs, _ = at_threshold(prepared.outputs, meanings)
    if outputs == prepared.outputs:
        return prepared
    fitted, optimizer = prepared.fitted, prepared.fitted.optimizer
    compile_model(
        fitted,
        prepared.training.each_phase[-1],
        outputs,
        prepared.structure,
        findings,
        step_weighted=prepared.data.train.step_weighted,
    )
    fitted.optimizer = optimizer
    prepared.evaluator.forget()
    return replace(prepared, outputs=outputs)
