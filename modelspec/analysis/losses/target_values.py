"""Whether the values of a target suit the loss of its output. Needs no numpy."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import NamedTuple

from modelspec.analysis.facts import shape_text
from modelspec.diagnostics import Findings, Related, join_words, suggest
from modelspec.spec.model import KerasObject
from modelspec.spec.training import ClassWeight

from .kinds import (
    BINARY_LOSSES,
    CLASS_NUMBER_LOSSES,
    ONE_HOT_LOSSES,
    OTHER_SHAPES,
    QUANTILE,
    REACHES,
    VALUE_LOSSES,
)


class TargetRequirement(NamedTuple):
    """What a loss requires of the target of one output.

    Attributes:
        name: of the output.
        loss: its loss.
        loss_class: Keras's class of the loss; "" for one of an extension.
        shape: of the output, without the batch axis.
        related: where the output stands.
        class_weight: the weights of its classes, or None.
        activation: the last activation of the output; None where unknown.
    """

    name: str
    loss: KerasObject
    loss_class: str
    shape: tuple[int | None, ...]
    related: tuple[Related, ...]
    class_weight: ClassWeight | None = None
    activation: str | None = None

    @property
    def units(self) -> int | None:
        """The size of the last axis."""
        return self.shape[-1] if self.shape else None

    @property
    def takes_class_numbers(self) -> bool:
        """Whether the values must be whole numbers, one for each class."""
        return self.loss_class in CLASS_NUMBER_LOSSES

    @property
    def ignored(self) -> int | None:
        """The class number that the loss passes over; None where there is none."""
        return ignored_class(self.loss, self.loss_class)

    @property
    def reach(self) -> tuple[float, float] | None:
        """The least and the largest value of the output, where the loss compares amounts."""
        return REACHES.get(self.activation or "") if self.loss_class in VALUE_LOSSES else None

    @property
    def largest(self) -> int:
        """The largest value that a target may have; the smallest one is 0."""
        return (self.units or 1) - 1 if self.takes_class_numbers else 1


def ignored_class(loss: KerasObject, loss_class: str) -> int | None:
    """The `ignore_class` of a loss of Keras's class `loss_class`; None where there is none."""
    given = loss.args.get("ignore_class") if loss_class in CLASS_NUMBER_LOSSES else None
    return int(given) if isinstance(given, (int, float)) else None


def quantiles_of(loss: KerasObject) -> tuple[float, ...] | None:
    """The quantiles that a loss has a unit of the output for; None for any other loss, and for one
    quantile of every value."""
    given = loss.args.get("quantiles") if loss.class_name == QUANTILE else None
    return tuple(given) if isinstance(given, (list, tuple)) else None


def compared_shape(loss: KerasObject, output: tuple[int | None, ...]) -> tuple[int | None, ...]:
    """The shape of the target that a loss compares with an output: without the quantiles."""
    return output if quantiles_of(loss) is None else output[:-1]


def check_target_shape(
    requirement: TargetRequirement,
    labels: tuple[str, ...] | None,
    shape: tuple[int, ...],
    findings: Findings,
) -> bool:
    """Check the labels and the shape of a target.

    Args:
        requirement: of the output.
        labels: the target's classes, or None.
        shape: of the target, without the batch axis.
        findings: takes what does not fit.

    Returns:
        Whether the values of the target have to be checked as well.
    """
    if requirement.takes_class_numbers:
        return _check_sparse(requirement, labels, shape, findings)
    if labels is not None and requirement.loss_class in ONE_HOT_LOSSES:
        hint = f"write it as `{requirement.name}: {{column: COLUMN, labels: auto, one_hot: true}}`"
        report_labels_of_one_hot_loss(requirement.name, requirement.loss, findings, hint=hint)
    elif labels is not None and requirement.loss_class in BINARY_LOSSES and len(labels) > 2:
        report_labels_of_binary_loss(requirement.name, requirement.loss, len(labels), findings)
    elif requirement.loss_class and requirement.loss_class not in OTHER_SHAPES:
        if shapes_match(shape, compared_shape(requirement.loss, requirement.shape)):
            return requirement.loss_class in BINARY_LOSSES
        message = (
            f"`{requirement.loss.class_name}` compares a target of shape {shape_text(shape)}"
            f" with an output of shape {shape_text(requirement.shape)}"
        )
        hint = shape_hint(requirement.name, requirement.loss, shape)
        if labels is not None:
            hint = CLASSES_AS_NUMBERS
        findings.error(
            requirement.loss.span, "target-shape", message, hint=hint, related=requirement.related
        )
    return False


CLASSES_AS_NUMBERS = "write sparse_categorical_crossentropy: the target has classes, not numbers"
"""The hint for labels with a loss of numbers."""


def shape_hint(name: str, loss: KerasObject, target: tuple[int, ...]) -> str:
    """How to give an output the shape that a loss compares with a target."""
    quantiles = quantiles_of(loss)
    if quantiles is None:
        hint = f"give the last layer of `{name}` the shape of its target"
        if loss.class_name == QUANTILE:
            hint += ", or list a quantile for each unit, such as `quantiles: [0.1, 0.5, 0.9]`"
        return hint
    wide = target[:-1] if target[-1:] == (1,) else target
    wanted = [*wide, len(quantiles)]
    if len(wanted) == 1:
        return f"give the last layer of `{name}` {count_of_units(wanted[0])}, one for each quantile"
    return f"end in a Dense of {prod(wanted)} units and `Reshape: {{target_shape: {wanted}}}`"


MANY_LABELS = 50


def hint_for_labels(labels: Sequence[str]) -> str:
    """What to do about more labels than an output has units."""
    units = f"give the last layer {len(labels)} units"
    known: dict[str, str] = {}
    for label in labels:
        other = known.setdefault(label.strip().casefold(), label)
        if other.strip() == label.strip() and other != label:
            strip = "write {csv: {path: …, strip: true}}"
            return f'"{other}" and "{label}" differ in spaces only: {strip}, or {units}'
        if other != label:
            return f'"{other}" and "{label}" differ in capitals only: write them alike, or {units}'
    if len(labels) > MANY_LABELS:
        return f"{units}, or choose a target that recurs: classes are learned from several rows"
    return units


def count_of_units(units: int) -> str:
    """`1 unit`, `2 units`."""
    return "1 unit" if units == 1 else f"{units} units"


def report_labels_of_one_hot_loss(
    name: str,
    loss: KerasObject,
    findings: Findings,
    related: tuple[Related, ...] = (),
    hint: str = "add `one_hot: true` to the target",
) -> None:
    """Report classes for an output whose loss takes one column for each; `hint` gives it some."""
    message = (
        f"`{loss.class_name}` compares with one column for each class,"
        f" and the target `{name}` has class numbers"
    )
    hint += ", which gives each class a column"
    findings.error(loss.span, "loss-and-labels", message, hint=hint, related=related)


def report_columns_of_class_numbers(
    name: str, loss: KerasObject, option: str, findings: Findings, related: tuple[Related, ...] = ()
) -> None:
    """Report a column for each label for an output whose loss takes class numbers."""
    message = (
        f"`{loss.class_name}` takes one class number for each example,"
        f" and `{option}` gives the target `{name}` one column for each class"
    )
    hint = f"leave `{option}` out, or write categorical_crossentropy"
    if option == "multi_hot":
        hint = "write binary_crossentropy, with a sigmoid, for several labels of one example"
    findings.error(loss.span, "loss-and-labels", message, hint=hint, related=related)


def report_labels_of_binary_loss(
    name: str, loss: KerasObject, count: int, findings: Findings, related: tuple[Related, ...] = ()
) -> None:
    """Report more than two labels for an output whose loss takes two classes."""
    message = f"`{loss.class_name}` takes two classes, `{name}` has {count}"
    hint = "write sparse_categorical_crossentropy, with one unit for each class"
    findings.error(loss.span, "loss-and-labels", message, hint=hint, related=related)


def _check_sparse(
    requirement: TargetRequirement,
    labels: tuple[str, ...] | None,
    shape: tuple[int, ...],
    findings: Findings,
) -> bool:
    units, span = requirement.units, requirement.loss.span
    if units is None:
        return False
    if labels is not None:
        have = f"`{requirement.name}` has {len(labels)} labels, and its output has"
        if units < len(labels):
            hint = hint_for_labels(labels)
            message = f"{have} only {count_of_units(units)}"
            findings.error(span, "too-few-units", message, hint=hint, related=requirement.related)
        elif units > len(labels):
            message = f"{have} {units} units"
            findings.warning(span, "too-many-units", message, related=requirement.related)
        return False
    wanted = (*requirement.shape[:-1], 1)
    if shapes_match(shape, wanted) and not _has_axis_too_many(requirement, shape):
        return True
    message = (
        f"`{requirement.loss.class_name}` takes one class number for each example; the target"
        f" `{requirement.name}` has shape {shape_text(shape)}"
    )
    hint = f"give the target the shape {shape_text(requirement.shape[:-1])}"
    findings.error(span, "target-shape", message, hint=hint, related=requirement.related)
    return False


def _has_axis_too_many(requirement: TargetRequirement, shape: tuple[int, ...]) -> bool:
    """Keras drops the last axis of size 1 of class numbers, in this loss for one vector only."""
    several = len(requirement.shape) > 1 and len(shape) == len(requirement.shape)
    return several and requirement.loss_class == "CategoricalGeneralizedCrossEntropy"


def report_out_of_range(
    requirement: TargetRequirement, value: float, place: str, findings: Findings
) -> None:
    """Report a value that the loss cannot take. `place` says where it stands in the data."""
    if requirement.takes_class_numbers:
        message = (
            f"`{requirement.loss.class_name}` takes class numbers from 0 to {requirement.largest},"
            f" got {value:g} in {place}"
        )
        hint = "write `labels: auto` below the target to number its classes"
        findings.error(
            requirement.loss.span, "target-range", message, hint=hint, related=requirement.related
        )
        return
    message = f"`{requirement.loss.class_name}` takes targets from 0 to 1, got {value:g} in {place}"
    hint = "write `labels: auto` below the target to number its two classes"
    findings.error(requirement.loss.span, "target-range", message, hint=hint)


def report_out_of_reach(
    requirement: TargetRequirement,
    found: tuple[float, str],
    counts: tuple[int, int],
    findings: Findings,
) -> None:
    """Report targets that the last activation of an output cannot give.

    Args:
        requirement: of the output.
        found: the first such value, and where it stands.
        counts: how many there are, of how many.
        findings: takes an error where most targets are out of reach, else a warning.
    """
    assert requirement.reach is not None
    least, most = requirement.reach
    span = f"at least {least:g}" if most == float("inf") else f"from {least:g} to {most:g}"
    value, place = found
    message = (
        f"the {requirement.activation} of `{requirement.name}` gives values {span}, but the target"
        f" is {value:g} in {place}"
    )
    hint = "leave the activation of the last layer out: a loss for numbers needs none"
    at, related = requirement.loss.span, requirement.related
    if 2 * counts[0] > counts[1]:
        findings.error(at, "target-out-of-reach", message, hint=hint, related=related)
    else:
        findings.warning(at, "target-out-of-reach", message, hint=hint, related=related)


def check_class_labels(
    name: str, given: ClassWeight, labels: Sequence[str], findings: Findings
) -> None:
    """Report class weights for labels that the output does not have."""
    for label in given.by_label or ():
        if label not in labels:
            close = suggest(label, labels)
            message = f"`{name}` has no label `{label}`{close.text}"
            hint = f"its labels are {join_words(labels)}"
            findings.error(
                given.label_spans[label], "unknown-label", message, hint=hint, replace=close.replace
            )


def shapes_match(target: tuple[int, ...], output: tuple[int | None, ...]) -> bool:
    """Equal shapes, or shapes that differ by a last axis of size 1, as Keras allows."""
    if len(target) == len(output) + 1 and target[-1] == 1:
        target = target[:-1]
    elif len(output) == len(target) + 1 and output[-1] == 1:
        output = output[:-1]
    return len(target) == len(output) and all(
        wanted is None or size == wanted for size, wanted in zip(target, output, strict=True)
    )
