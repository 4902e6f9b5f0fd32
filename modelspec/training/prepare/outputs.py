"""What each output of a model is trained for: its loss, metrics, weights and meaning."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from modelspec.analysis.losses import (
    ONE_HOT_LOSSES,
    OutputObjective,
    check_output_names,
    metric_name,
    objectives_of,
    quantiles_of,
)
from modelspec.diagnostics import Findings
from modelspec.runs import OutputKind, kind_of_output
from modelspec.spec.data import Columns
from modelspec.spec.model import KerasObject
from modelspec.spec.training import TrainingSpec
from modelspec.tabular import list_mark
from modelspec.value_classes import value_class


@value_class
class Output(OutputObjective):
    """One output with what it is trained for.

    Attributes:
        shape: without the batch axis.
    """

    shape: tuple[int | None, ...]


def match_outputs(
    training: TrainingSpec, shapes: Mapping[str, tuple[int | None, ...]], findings: Findings
) -> tuple[Output, ...] | None:
    """Match losses, metrics and weights of `training` with the outputs that have a loss.

    None with findings where they do not fit.

    Args:
        training: the section.
        shapes: output name to shape, in the order of the model.
        findings: takes names that are not outputs, and what is said of outputs without a loss.
    """
    before = len(findings)
    names = tuple(shapes)
    check_output_names(training, names, findings)
    if len(findings) > before:
        return None
    return tuple(
        Output(
            name,
            objective.loss,
            objective.loss_class,
            tuple(_with_name(metric) for metric in objective.metrics),
            tuple(_with_name(metric) for metric in objective.weighted_metrics),
            objective.loss_weight,
            objective.class_weight,
            objective.among,
            shapes[name],
        )
        for name, objective in objectives_of(training, names).items()
    )


def _with_name(metric: KerasObject) -> KerasObject:
    """A metric with a name: Keras would count instances (`auc_1`) over all models of a process."""
    if metric.as_text or "name" in metric.args:
        return metric
    name = metric_name(metric)
    return dataclasses.replace(metric, args={**metric.args, "name": name})


UNTRAINED: dict[str, Any] = {
    "kind": OutputKind.NUMBERS,
    "labels": None,
    "from_logits": False,
    "columns": [],
}
"""The `output_meaning` of an output without a loss."""


def output_meaning(
    output: Output,
    labels: tuple[str, ...] | None,
    target: Columns | None,
    pixels: Mapping[str, Any] | None = None,
    lengths_of: str | None = None,
) -> dict[str, Any]:
    """What the numbers of an output mean, as plain data that data.json holds for `predict`.

    Args:
        output: what it is trained for.
        labels: the classes of its target, or None.
        target: how its target is read; None where that is unknown.
        pixels: for a target that is an image, how numbers become pixels: `values`, the pixel value
            of each class, or `times`, a factor.
        lengths_of: for a target of padded lists, the input whose lists are as long, or None.

    Returns:
        `kind` (an `OutputKind`), `labels` (a list or None), `from_logits`, and `columns` of the
        target. For text also `tokens` (the name of its tokenizer), and `repeats` (whether the
        same token at several steps is one, and 0 is none, as in CTC); `pixels` where there are
        some. `join` separates the values of an output that is a list, where a file has text only;
        `lengths_of` is an input. `quantiles` are those of the units on the last axis, where the
        loss has some.
    """
    columns = () if target is None else target.columns
    size = output.shape[-1] if output.shape else 1
    is_grey = pixels is not None and labels is None
    kind = kind_of_output(output.loss_class, size, target, labels, is_grey=is_grey)
    is_one_hot = target is not None and target.is_one_hot
    if kind is OutputKind.CLASSES and output.loss_class in ONE_HOT_LOSSES and not is_one_hot:
        labels = labels or (columns if len(columns) == size else None)
    elif kind is OutputKind.BINARY:
        labels = labels or ("0", "1")
    text = {}
    if target is not None and target.tokens is not None:
        text = {"tokens": target.tokens, "repeats": output.loss_class == "CTC"}
    known = None if kind is OutputKind.NUMBERS or labels is None else list(labels)
    meaning: dict[str, Any] = {
        "kind": kind,
        "labels": known,
        "from_logits": output.from_logits,
        "columns": list(columns),
        **text,
        **({} if pixels is None else {"pixels": dict(pixels)}),
    }
    if target is not None and (target.width is not None or target.is_multi_hot):
        meaning["join"] = _join_mark(target)
    quantiles = quantiles_of(output.loss)
    if quantiles is not None and kind is OutputKind.NUMBERS:
        meaning["quantiles"] = list(quantiles)
    if lengths_of is not None:
        meaning["lengths_of"] = lengths_of
    return meaning


def _join_mark(target: Columns) -> str:
    """What stands between the values of a prediction that is written into one cell."""
    if target.separator is not None:
        return list_mark(target.separator).between
    return "|" if target.is_multi_hot else " "
