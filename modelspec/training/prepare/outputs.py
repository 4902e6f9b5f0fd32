"""What each output of a model is trained for: its loss, metrics, weight and meaning."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from modelspec.analysis.losses import (
    BINARY_LOSSES,
    CLASS_NUMBER_LOSSES,
    ONE_HOT_LOSSES,
    OutputObjective,
    check_output_names,
    metric_name,
    objectives_of,
)
from modelspec.diagnostics import Findings
from modelspec.spec.model import KerasObject
from modelspec.spec.training import TrainingSpec

CLASSES, BINARY, NUMBERS = "classes", "binary", "numbers"


@dataclass(frozen=True, slots=True)
class Output(OutputObjective):
    """One output with what it is trained for.

    Attributes:
        shape: of what the model gives, without the batch axis.
    """

    shape: tuple[int | None, ...]


def outputs_of(
    training: TrainingSpec,
    shapes: Mapping[str, tuple[int | None, ...]],
    findings: Findings,
) -> tuple[Output, ...] | None:
    """The outputs of a model with all that `training` says of each; None with findings.

    Args:
        training: the section.
        shapes: output name to shape, in the order of the model.
        findings: takes names that are no output, and outputs without a loss.
    """
    before = len(findings)
    names = tuple(shapes)
    check_output_names(training, names, findings)
    if len(findings) > before:
        return None
    return tuple(
        Output(
            name,
            found.loss,
            found.loss_class,
            tuple(named(metric) for metric in found.metrics),
            found.loss_weight,
            found.class_weight,
            shapes[name],
        )
        for name, found in objectives_of(training, names).items()
    )


def named(metric: KerasObject) -> KerasObject:
    """A metric with a name of its own: Keras would count instances (`auc_1`) in one process."""
    if metric.as_text or "name" in metric.args:
        return metric
    name = metric_name(metric)
    return dataclasses.replace(metric, args={**metric.args, "name": name})


def meaning(
    output: Output, labels: tuple[str, ...] | None, columns: tuple[str, ...]
) -> dict[str, Any]:
    """What the numbers of an output mean, as plain data that a run keeps for `predict`.

    Returns:
        `kind` ("classes": a number for each class; "binary": one for the second of two classes;
        "numbers"), `labels` (or None), `from_logits`, and `columns` of the target.
    """
    kind = NUMBERS
    size = output.shape[-1] if output.shape else 1
    if output.loss_class in CLASS_NUMBER_LOSSES:
        kind = CLASSES
    elif output.loss_class in ONE_HOT_LOSSES:
        kind = CLASSES
        labels = labels or (columns if len(columns) == size else None)
    elif output.loss_class in BINARY_LOSSES and size == 1:
        kind = BINARY
        labels = labels or ("0", "1")
    known = None if kind == NUMBERS or labels is None else list(labels)
    return {
        "kind": kind,
        "labels": known,
        "from_logits": output.from_logits,
        "columns": list(columns),
    }
