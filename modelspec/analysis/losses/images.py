"""Targets that are images against the losses of their outputs."""

from __future__ import annotations

from modelspec.analysis.data import (
    CHANNELS,
    DIVIDE,
    IGNORE,
    IGNORED_CLASS,
    LARGEST_PIXEL,
    divisor,
    ignored_pixels,
)
from modelspec.analysis.facts import shape_text
from modelspec.diagnostics import Findings, Related
from modelspec.spec.data import Columns
from modelspec.spec.model import ExampleShape

from .kinds import BINARY_LOSSES, CLASS_NUMBER_LOSSES, OTHER_SHAPES
from .outputs import TrainedOutput
from .target_values import compared_shape, shapes_match


def check_image(output: TrainedOutput, findings: Findings) -> None:
    """Check that the loss can compare an output with the image that is its target.

    Args:
        output: with its target; what is no image is not looked at.
        findings: takes shapes that differ, pixels that the loss cannot take, and an `ignore` that
            the loss does not know.
    """
    target, shape = output.target, output.image
    if target is None or shape is None or output.tensor is None:
        return
    if target.labels is None and output.loss_class in CLASS_NUMBER_LOSSES:
        message = (
            f"`{output.loss.class_name}` takes class numbers, and the target `{output.name}` has"
            " pixels as numbers"
        )
        hint = "write `labels: auto`, or the pixel value of each class, such as `labels: [0, 255]`"
        findings.error(target.span, "loss-and-labels", message, hint=hint)
    elif output.loss_class not in OTHER_SHAPES | {""} and not _fits(output, shape):
        _report_shape(output, target, shape, findings)
    elif target.labels is None and output.loss_class in BINARY_LOSSES:
        _check_fractions(output, target, findings)
    elif target.labels is not None:
        _check_ignored(output, target, findings)


def _fits(output: TrainedOutput, shape: ExampleShape) -> bool:
    assert output.tensor is not None
    wanted = compared_shape(output.loss, output.tensor.shape[1:])
    if output.target is not None and output.target.is_one_hot:
        return shapes_match(tuple(size or 1 for size in (*shape[:2], 1)), (*wanted[:-1], 1))
    if output.loss_class in CLASS_NUMBER_LOSSES:
        wanted = (*wanted[:-1], 1)
    known = tuple(size or 1 for size in shape)
    free = tuple(
        None if index < len(shape) and shape[index] is None else size
        for index, size in enumerate(wanted)
    )
    return shapes_match(known, free)


def _report_shape(
    output: TrainedOutput, target: Columns, shape: ExampleShape, findings: Findings
) -> None:
    assert output.tensor is not None
    made = output.tensor.shape[1:]
    message = (
        f"`{output.loss.class_name}` compares the image `{target.columns[0]}` of shape"
        f" {shape_text(shape)} with an output of shape {shape_text(made)}"
    )
    hint = f"give the output the height and width {shape_text(shape[:2])}, or leave `size` out"
    if len(made) == 3 and made[:2] == shape[:2]:
        hint = _channel_hint(target, made[-1])
    related = (
        Related(output.span, f"the output `{output.name}` is here"),
        Related(target.span, "its target is here"),
    )
    findings.error(output.loss.span, "target-shape", message, hint=hint, related=related)


def _channel_hint(target: Columns, channels: int | None) -> str:
    if target.labels is not None:
        return (
            "write sparse_categorical_crossentropy for one unit for each class, or end in one"
            " unit with a sigmoid for two classes"
        )
    mode = next((mode for mode, count in CHANNELS.items() if count == channels), None)
    if mode is None:
        return "give the last layer 1, 3 or 4 filters, as `color` says"
    return f"read the target with `color: {mode}`"


def _check_fractions(output: TrainedOutput, target: Columns, findings: Findings) -> None:
    if divisor(target) >= LARGEST_PIXEL:
        return
    message = (
        f"`{output.loss.class_name}` takes targets from 0 to 1, and the pixels of"
        f" `{target.columns[0]}` are from 0 to {LARGEST_PIXEL / divisor(target):g}"
    )
    hint = "write `divide: 255`, or `labels: [0, 255]` for a mask of two classes"
    findings.error(target.place(DIVIDE), "target-range", message, hint=hint)


def _check_ignored(output: TrainedOutput, target: Columns, findings: Findings) -> None:
    """Pixels without a class take the number that the loss passes over."""
    if not ignored_pixels(target) or output.ignored_class == IGNORED_CLASS:
        return
    message = (
        f"`ignore` leaves pixels of `{target.columns[0]}` without a class, and"
        f" `{output.loss.class_name}` would count them"
    )
    hint = "write loss: {SparseCategoricalCrossentropy: {ignore_class: -1}}, their class number"
    if output.loss_class not in CLASS_NUMBER_LOSSES:
        hint += ", with one unit for each class"
    findings.error(target.place(IGNORE), "loss-and-labels", message, hint=hint)
