"""Whether the targets are what each loss can compare with what its output gives.

Keras would broadcast some of these mistakes silently, and fail on others inside a compiled step
with a message about an operation that no spec names.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from modelspec.analysis.facts import shape_text
from modelspec.analysis.losses_kinds import (
    BINARY_LOSSES,
    CLASS_NUMBER_LOSSES,
    ONE_HOT_LOSSES,
    OTHER_SHAPES,
)
from modelspec.data import Examples
from modelspec.diagnostics import Findings, Related, Span
from modelspec.graph import Graph

from .outputs import Output


def check_targets(
    output: Output,
    examples: Examples,
    labels: tuple[str, ...] | None,
    graph: Graph,
    findings: Findings,
) -> None:
    """Findings for one output on one split.

    Args:
        output: the output with its loss.
        examples: the split.
        labels: the target's classes, or None.
        graph: says where the output's layer stands.
        findings: takes what does not fit.
    """
    target = examples.targets[output.name]
    place = _place(output, graph)
    if output.loss_class in CLASS_NUMBER_LOSSES:
        _check_sparse(output, examples, labels, place, findings)
    elif labels is not None and output.loss_class in ONE_HOT_LOSSES:
        message = (
            f"`{output.loss.class_name}` compares with one column for each class,"
            f" and `labels` turn the target `{output.name}` into class numbers"
        )
        hint = "write sparse_categorical_crossentropy"
        findings.error(output.loss.span, "loss-and-labels", message, hint=hint)
    elif labels is not None and output.loss_class in BINARY_LOSSES and len(labels) > 2:
        message = (
            f"`{output.loss.class_name}` tells two classes apart, `{output.name}` has {len(labels)}"
        )
        hint = "write sparse_categorical_crossentropy, with one unit for each class"
        findings.error(output.loss.span, "loss-and-labels", message, hint=hint)
    elif output.loss_class and output.loss_class not in OTHER_SHAPES:
        if not _alike(target.shape[1:], output.shape):
            shape = shape_text(target.shape[1:])
            message = (
                f"`{output.loss.class_name}` compares a target of shape {shape}"
                f" with an output of shape {shape_text(output.shape)}"
            )
            hint = f"give the last layer of `{output.name}` the shape of its target"
            findings.error(output.loss.span, "target-shape", message, hint=hint, related=place)
        elif output.loss_class in BINARY_LOSSES:
            _check_binary(output, examples, findings)


def _place(output: Output, graph: Graph) -> tuple[Related, ...]:
    index = graph.output_names.index(output.name)
    span: Span = graph.output_spans[index]
    return (Related(span, f"the output `{output.name}` is here"),)


def _alike(target: tuple[int, ...], output: tuple[int | None, ...]) -> bool:
    """Equal shapes, or shapes that differ by a last axis of size 1, as Keras allows."""
    if len(target) == len(output) + 1 and target[-1] == 1:
        target = target[:-1]
    elif len(output) == len(target) + 1 and output[-1] == 1:
        output = output[:-1]
    return len(target) == len(output) and all(
        wanted is None or size == wanted for size, wanted in zip(target, output, strict=True)
    )


def _check_sparse(
    output: Output,
    examples: Examples,
    labels: tuple[str, ...] | None,
    place: tuple[Related, ...],
    findings: Findings,
) -> None:
    units = output.shape[-1] if output.shape else None
    if units is None:
        return
    if labels is not None:
        if units < len(labels):
            message = (
                f"`{output.name}` has {len(labels)} labels, and its output has room for {units}"
            )
            hint = f"give the last layer {len(labels)} units"
            findings.error(output.loss.span, "too-few-units", message, hint=hint, related=place)
        elif units > len(labels):
            message = f"`{output.name}` has {len(labels)} labels, and its output has {units} units"
            findings.warning(output.loss.span, "too-many-units", message, related=place)
        return
    target = examples.targets[output.name]
    if not _alike(target.shape[1:], (*output.shape[:-1], 1)):
        message = (
            f"`{output.loss.class_name}` takes one class number for each example; the target"
            f" `{output.name}` has shape {shape_text(target.shape[1:])}"
        )
        findings.error(output.loss.span, "target-shape", message, related=place)
        return
    bad = (target < 0) | (target >= units) | (target != np.floor(target))
    if bad.any():
        value, row = _first(target, bad, examples)
        message = (
            f"`{output.loss.class_name}` takes class numbers from 0 to {units - 1},"
            f" got {value} in {row}"
        )
        hint = "write `labels: auto` below the target to number its classes"
        findings.error(output.loss.span, "target-range", message, hint=hint, related=place)


def _check_binary(output: Output, examples: Examples, findings: Findings) -> None:
    target = examples.targets[output.name]
    bad = (target < 0) | (target > 1)
    if bad.any():
        value, row = _first(target, bad, examples)
        message = f"`{output.loss.class_name}` takes targets from 0 to 1, got {value} in {row}"
        hint = "write `labels: auto` below the target to number its two classes"
        findings.error(output.loss.span, "target-range", message, hint=hint)


def _first(target: Any, bad: Any, examples: Examples) -> tuple[str, str]:
    position = tuple(int(i) for i in np.argwhere(bad)[0])
    row = examples.table.place(int(examples.rows[position[0]]))
    return f"{target[position]:g}", row
