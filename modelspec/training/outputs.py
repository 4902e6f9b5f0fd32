"""What each output of a model is trained for: its loss, metrics, weight and meaning."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from modelspec.analysis.losses_kinds import BINARY_LOSSES, CLASS_NUMBER_LOSSES, ONE_HOT_LOSSES
from modelspec.diagnostics import Findings, did_you_mean, listed
from modelspec.schema import class_schema
from modelspec.spec import KerasObject
from modelspec.spec.naming import snake_case
from modelspec.spec.training import ClassWeight, PerOutput, TrainingSpec

T = TypeVar("T")

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

    @property
    def metric_names(self) -> tuple[str, ...]:
        """What Keras logs the metrics as, without the output's name."""
        return tuple(metric_name(metric) for metric in self.metrics)


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
    names = list(shapes)
    losses = _spread(training.loss, names, "loss", findings)
    metrics = _spread(training.metrics, names, "metrics", findings)
    weights = _spread(training.loss_weights, names, "loss_weights", findings)
    balance = _class_weights(training, names, findings)
    for name in names:
        if name not in losses and len(findings) == before:
            message = f"the model's output `{name}` has no loss"
            findings.error(training.loss.span, "output-without-loss", message)
    if len(findings) > before:
        return None
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


def _spread(
    given: PerOutput[T] | None, names: list[str], key: str, findings: Findings
) -> Mapping[str, T]:
    """What is given for each output, by name."""
    if given is None:
        return {}
    if given.by_name is not None:
        for name in given.by_name:
            if name not in names:
                message = f"the model has no output `{name}`{did_you_mean(name, names)}"
                hint = f"its outputs are {listed(f'`{n}`' for n in names)}"
                findings.error(given.name_spans[name], "unknown-output", message, hint=hint)
        return given.by_name
    assert given.single is not None
    if len(names) > 1:
        shown = listed(f"`{name}`" for name in names)
        message = f"the model has {len(names)} outputs, {shown}: `{key}` must be given by name"
        hint = f"write {key}: {{{', '.join(f'{name}: …' for name in names)}}}"
        findings.error(given.span, "ambiguous-output", message, hint=hint)
        return {}
    return {names[0]: given.single}


def _class_weights(
    training: TrainingSpec, names: list[str], findings: Findings
) -> Mapping[str, ClassWeight]:
    """`balanced` alone is for all outputs; a mapping of labels only for a single one."""
    given = training.class_weight
    if given is not None and given.single is not None and given.single.by_label is None:
        return dict.fromkeys(names, given.single)
    return _spread(given, names, "class_weight", findings)


def class_of(item: KerasObject) -> str:
    """Keras's class behind a name: `mse` is MeanSquaredError. "" where the catalogue has none."""
    known = class_schema(item.kind, item.class_name)
    return "" if known is None else known.name


def named(metric: KerasObject) -> KerasObject:
    """A metric with a name of its own: Keras would count instances (`auc_1`) in one process."""
    if metric.as_text or "name" in metric.args:
        return metric
    name = metric_name(metric)
    return dataclasses.replace(metric, args={**metric.args, "name": name})


def metric_name(metric: KerasObject) -> str:
    """The name under which a metric is logged: as written, or its class in snake case."""
    if metric.as_text:
        return metric.class_name
    written = metric.args.get("name")
    if written is not None:
        return str(written)
    return snake_case(metric.class_name)


def log_names(outputs: tuple[Output, ...]) -> list[str]:
    """All that Keras logs for the training split, in its order."""
    if len(outputs) == 1:
        return ["loss", *outputs[0].metric_names]
    losses = [f"{output.name}_loss" for output in outputs]
    metrics = [f"{output.name}_{name}" for output in outputs for name in output.metric_names]
    return ["loss", *losses, *metrics]


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
