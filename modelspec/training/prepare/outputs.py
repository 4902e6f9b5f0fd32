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
    check_names,
    class_of,
    class_weights,
    metric_name,
    spread,
)
from modelspec.diagnostics import Findings
from modelspec.spec.model import KerasObject
from modelspec.spec.training import ClassWeight, TrainingSpec

CLASSES, BINARY, NUMBERS = "classes", "binary", "numbers"


@dataclass(frozen=True, slots=True)
class Output:
    """One output.

    Attributes:
        name: as the spec calls it.
        loss: its loss.
        loss_class: Keras's class of the loss, aliases resolved; "" for one of an extension.
        metrics: its metrics.
        loss_weight: how much its loss counts.
        class_weight: how much each class counts, or None.
        shape: of what the model gives, without the batch axis.
    """

    name: str
    loss: KerasObject
    loss_class: str
    metrics: tuple[KerasObject, ...]
    loss_weight: float
    class_weight: ClassWeight | None
    shape: tuple[int | None, ...]

    @property
    def from_logits(self) -> bool:
        """Whether the model gives logits rather than probabilities."""
        return self.loss.args.get("from_logits") is True


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
    check_names(training, names, findings)
    if len(findings) > before:
        return None
    losses, metrics = spread(training.loss, names), spread(training.metrics, names)
    weights = spread(training.loss_weights, names)
    balance = class_weights(training.class_weight, names)
    return tuple(
        Output(
            name,
            losses[name],
            class_of(losses[name]),
            tuple(named(metric) for metric in metrics.get(name, ())),
            weights.get(name, 1.0),
            balance.get(name),
            shapes[name],
        )
        for name in names
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
