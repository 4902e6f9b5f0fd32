"""What each output of a model is trained for, as far as the spec alone can tell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from modelspec.analysis.facts import Analysis
from modelspec.diagnostics import Findings, Span, did_you_mean, join_words
from modelspec.layers.rule import Tensor
from modelspec.schema import class_schema
from modelspec.spec import Spec
from modelspec.spec.data import Columns, DataSpec
from modelspec.spec.model import KerasObject
from modelspec.spec.training import ClassWeight, PerOutput, TrainingSpec

from .heads import Head, heads_of

T = TypeVar("T")

TABLES = frozenset(("csv", "parquet"))
"""Sources whose columns hold one value for each example."""


@dataclass(frozen=True, slots=True)
class TrainedOutput:
    """One output with its loss.

    Attributes:
        name: as the spec calls it.
        span: where the model names it.
        tensor: what the model gives, batch axis first; None where it is not known.
        head: the layer that decides its values, or None.
        loss: its loss.
        loss_class: Keras's class of the loss, aliases resolved; "" for one of an extension.
        metrics: its metrics.
        class_weight: how much each class counts, or None.
        target: the columns that it is to meet, or None.
        table: whether the target's columns hold one value for each example.
    """

    name: str
    span: Span
    tensor: Tensor | None
    head: Head | None
    loss: KerasObject
    loss_class: str
    metrics: tuple[KerasObject, ...]
    class_weight: ClassWeight | None
    target: Columns | None
    table: bool

    @property
    def from_logits(self) -> bool:
        """Whether the loss takes logits rather than probabilities."""
        return self.loss.args.get("from_logits") is True

    @property
    def activation(self) -> str | None:
        """What the output's values come out of; None where it is not known."""
        return None if self.head is None else self.head.activation

    @property
    def units(self) -> int | None:
        """The size of the last axis; None where it is not known, or there is none."""
        if self.tensor is None or self.tensor.rank < 2:
            return None
        return self.tensor.shape[-1]

    @property
    def labels(self) -> tuple[str, ...] | None:
        """The target's classes, where the spec lists them."""
        labels = None if self.target is None else self.target.labels
        return labels if isinstance(labels, tuple) else None


def check_names(training: TrainingSpec, names: tuple[str, ...], findings: Findings) -> None:
    """Find names that are no output, outputs without a loss, and what must be given by name."""
    before = len(findings)
    _check_spread(training.loss, names, "loss", findings)
    for name in names:
        given = training.loss.by_name
        if given is not None and name not in given and len(findings) == before:
            message = f"the model's output `{name}` has no loss"
            hint = f"add `{name}: …` to `loss`"
            findings.error(training.loss.span, "output-without-loss", message, hint=hint)
    _check_spread(training.metrics, names, "metrics", findings)
    _check_spread(training.loss_weights, names, "loss_weights", findings)
    balanced = training.class_weight is not None and _is_balanced(training.class_weight)
    if not balanced:  # `balanced` alone is for all outputs
        _check_spread(training.class_weight, names, "class_weight", findings)


def trained_outputs(spec: Spec, analysis: Analysis) -> tuple[TrainedOutput, ...]:
    """The outputs whose loss is known, in the order of the model; none without `training`."""
    training = spec.training
    if training is None:
        return ()
    graph = analysis.graph
    names = graph.output_names
    losses = spread(training.loss, names)
    metrics = spread(training.metrics, names)
    weights = class_weights(training.class_weight, names)
    targets = _targets(spec.data, names)
    table = spec.data is not None and spec.data.train.kind in TABLES
    heads = heads_of(graph)
    found = []
    for name, span in zip(names, graph.output_spans, strict=True):
        if name in losses:
            value = analysis.outputs.get(name)
            found.append(
                TrainedOutput(
                    name,
                    span,
                    value if isinstance(value, Tensor) else None,
                    heads[name],
                    losses[name],
                    class_of(losses[name]),
                    metrics.get(name, ()),
                    weights.get(name),
                    targets.get(name),
                    table,
                )
            )
    return tuple(found)


def class_of(item: KerasObject) -> str:
    """Keras's class behind a name: `mse` is MeanSquaredError. "" where the catalogue has none."""
    known = class_schema(item.kind, item.class_name)
    return "" if known is None else known.name


def _check_spread(
    given: PerOutput[T] | None, names: tuple[str, ...], key: str, findings: Findings
) -> None:
    if given is None:
        return
    if given.by_name is not None:
        for name in given.by_name:
            if name not in names:
                message = f"the model has no output `{name}`{did_you_mean(name, names)}"
                hint = f"its outputs are {join_words(f'`{n}`' for n in names)}"
                findings.error(given.name_spans[name], "unknown-output", message, hint=hint)
    elif len(names) > 1:
        shown = join_words(f"`{name}`" for name in names)
        message = f"the model has {len(names)} outputs, {shown}: `{key}` must be given by name"
        hint = f"write {key}: {{{', '.join(f'{name}: …' for name in names)}}}"
        findings.error(given.span, "ambiguous-output", message, hint=hint)


def spread(given: PerOutput[T] | None, names: tuple[str, ...]) -> Mapping[str, T]:
    """What is given for each output, by name; `check_names` says what cannot be spread."""
    if given is None:
        return {}
    if given.by_name is not None:
        return given.by_name
    return {names[0]: given.single} if len(names) == 1 and given.single is not None else {}


def _is_balanced(given: PerOutput[ClassWeight]) -> bool:
    return given.single is not None and given.single.by_label is None


def class_weights(
    given: PerOutput[ClassWeight] | None, names: tuple[str, ...]
) -> Mapping[str, ClassWeight]:
    """The same for class weights: `balanced` alone is for all outputs."""
    if given is not None and given.single is not None and _is_balanced(given):
        return dict.fromkeys(names, given.single)
    return spread(given, names)


def _targets(data: DataSpec | None, names: tuple[str, ...]) -> Mapping[str, Columns]:
    if data is None:
        return {}
    if len(names) == 1 and len(data.targets) == 1 and data.targets[0].name is None:
        return {names[0]: data.targets[0]}
    return {columns.name: columns for columns in data.targets if columns.name is not None}
