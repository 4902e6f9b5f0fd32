"""Whether the values of a target are what a loss can compare with an output. Needs no numpy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from modelspec.analysis.facts import shape_text
from modelspec.analysis.losses import (
    BINARY_LOSSES,
    CLASS_NUMBER_LOSSES,
    ONE_HOT_LOSSES,
    OTHER_SHAPES,
)
from modelspec.diagnostics import Findings, Related, did_you_mean, join_words
from modelspec.spec.model import KerasObject
from modelspec.spec.training import ClassWeight


class Goal(NamedTuple):
    """One output and its loss.

    Attributes:
        name: of the output.
        loss: its loss.
        loss_class: Keras's class of the loss; "" for one of an extension.
        shape: of what the model gives, without the batch axis.
        place: where the output stands.
        class_weight: how much each class counts, or None.
    """

    name: str
    loss: KerasObject
    loss_class: str
    shape: tuple[int | None, ...]
    place: tuple[Related, ...]
    class_weight: ClassWeight | None = None

    @property
    def units(self) -> int | None:
        """The size of the last axis."""
        return self.shape[-1] if self.shape else None


def check_goal(
    goal: Goal, labels: tuple[str, ...] | None, shape: tuple[int, ...], findings: Findings
) -> bool:
    """Find what the labels or the shape of a target rule out.

    Args:
        goal: the output.
        labels: the target's classes, or None.
        shape: of the target, without the batch axis.
        findings: takes what does not fit.

    Returns:
        Whether the values of the target are to be looked at, too.
    """
    if goal.loss_class in CLASS_NUMBER_LOSSES:
        return _check_sparse(goal, labels, shape, findings)
    if labels is not None and goal.loss_class in ONE_HOT_LOSSES:
        message = (
            f"`{goal.loss.class_name}` compares with one column for each class,"
            f" and `labels` turn the target `{goal.name}` into class numbers"
        )
        hint = "write sparse_categorical_crossentropy"
        findings.error(goal.loss.span, "loss-and-labels", message, hint=hint)
    elif labels is not None and goal.loss_class in BINARY_LOSSES and len(labels) > 2:
        message = (
            f"`{goal.loss.class_name}` tells two classes apart, `{goal.name}` has {len(labels)}"
        )
        hint = "write sparse_categorical_crossentropy, with one unit for each class"
        findings.error(goal.loss.span, "loss-and-labels", message, hint=hint)
    elif goal.loss_class and goal.loss_class not in OTHER_SHAPES:
        if alike(shape, goal.shape):
            return goal.loss_class in BINARY_LOSSES
        message = (
            f"`{goal.loss.class_name}` compares a target of shape {shape_text(shape)}"
            f" with an output of shape {shape_text(goal.shape)}"
        )
        hint = f"give the last layer of `{goal.name}` the shape of its target"
        findings.error(goal.loss.span, "target-shape", message, hint=hint, related=goal.place)
    return False


def _check_sparse(
    goal: Goal, labels: tuple[str, ...] | None, shape: tuple[int, ...], findings: Findings
) -> bool:
    units, span = goal.units, goal.loss.span
    if units is None:
        return False
    if labels is not None:
        have = f"`{goal.name}` has {len(labels)} labels, and its output has"
        if units < len(labels):
            hint = f"give the last layer {len(labels)} units"
            message = f"{have} room for {units}"
            findings.error(span, "too-few-units", message, hint=hint, related=goal.place)
        elif units > len(labels):
            message = f"{have} {units} units"
            findings.warning(span, "too-many-units", message, related=goal.place)
        return False
    if alike(shape, (*goal.shape[:-1], 1)):
        return True
    message = (
        f"`{goal.loss.class_name}` takes one class number for each example; the target"
        f" `{goal.name}` has shape {shape_text(shape)}"
    )
    findings.error(span, "target-shape", message, related=goal.place)
    return False


def most(goal: Goal) -> int:
    """The largest value that a target of an output may have; the smallest one is 0."""
    return (goal.units or 1) - 1 if takes_class_numbers(goal) else 1


def takes_class_numbers(goal: Goal) -> bool:
    """Whether the values of a target must be whole."""
    return goal.loss_class in CLASS_NUMBER_LOSSES


def out_of_range(goal: Goal, value: float, place: str, findings: Findings) -> None:
    """A finding for a value that the loss cannot take, and where it stands."""
    if takes_class_numbers(goal):
        message = (
            f"`{goal.loss.class_name}` takes class numbers from 0 to {most(goal)},"
            f" got {value:g} in {place}"
        )
        hint = "write `labels: auto` below the target to number its classes"
        findings.error(goal.loss.span, "target-range", message, hint=hint, related=goal.place)
        return
    message = f"`{goal.loss.class_name}` takes targets from 0 to 1, got {value:g} in {place}"
    hint = "write `labels: auto` below the target to number its two classes"
    findings.error(goal.loss.span, "target-range", message, hint=hint)


def check_class_labels(
    name: str, given: ClassWeight, labels: Sequence[str], findings: Findings
) -> None:
    """A finding for each class weight of a label that an output has not."""
    for label in given.by_label or ():
        if label not in labels:
            message = f"`{name}` has no label `{label}`{did_you_mean(label, labels)}"
            hint = f"its labels are {join_words(labels)}"
            findings.error(given.label_spans[label], "unknown-label", message, hint=hint)


def alike(target: tuple[int, ...], output: tuple[int | None, ...]) -> bool:
    """Equal shapes, or shapes that differ by a last axis of size 1, as Keras allows."""
    if len(target) == len(output) + 1 and target[-1] == 1:
        target = target[:-1]
    elif len(output) == len(target) + 1 and output[-1] == 1:
        output = output[:-1]
    return len(target) == len(output) and all(
        wanted is None or size == wanted for size, wanted in zip(target, output, strict=True)
    )
