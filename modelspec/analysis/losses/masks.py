"""The mask of an output against its loss: Keras weights the loss of each step by it."""

from __future__ import annotations

from modelspec.analysis.arguments import complete
from modelspec.analysis.facts import shape_text
from modelspec.diagnostics import Findings, Related
from modelspec.layers.rule import Shape, marked, run_broadcast

from .kinds import OVERLAP_LOSSES
from .outputs import TrainedOutput

ONE_LOSS_PER_EXAMPLE = frozenset(("CTC", "Circle"))
"""Losses that have one value for each example, whatever axes the output has."""


def check_mask(output: TrainedOutput, findings: Findings) -> None:
    """Check that the mask of an output can weight the values of its loss.

    Keras builds the model and predicts with it; the first batch of `fit` fails.
    """
    tensor = output.tensor
    if tensor is None or tensor.mask is None or tensor.rank <= 1 or None in tensor.shape[1:]:
        return
    values = _values(output, tensor.shape)
    if values is None or _fits(marked(values), marked(tensor.mask)):
        return
    name = output.name
    message = (
        f"the output `{name}` has a mask of shape {shape_text(tensor.mask)}, which cannot weight "
        f"the values of `{output.loss.class_name}`, of shape {shape_text(values)}: the first "
        "batch of training fails"
    )
    related = (Related(output.span, f"the output `{name}` is here"),)
    hint = "leave Masking or `mask_zero` out, or end in a layer that drops masks, as Reshape does"
    findings.error(output.loss.span, "output-shape", message, hint=hint, related=related)


def _values(output: TrainedOutput, shape: Shape) -> Shape | None:
    """The shape of the loss before Keras takes its mean; None where one number is left."""
    if output.loss_class in ONE_LOSS_PER_EXAMPLE:
        return shape[:1]
    if output.loss_class in OVERLAP_LOSSES:
        return None
    axis = complete(output.loss).get("axis", -1)
    at = axis if isinstance(axis, int) and -len(shape) <= axis < len(shape) else -1
    at %= len(shape)
    return (*shape[:at], *shape[at + 1 :])


def _fits(values: Shape, mask: Shape) -> bool:
    """Whether a product of both works; a last axis of size 1 makes up for one axis too many."""
    if len(values) == len(mask) + 1 and values[-1] == 1:
        values, mask = (values, (*mask, 1)) if len(mask) == 1 else (values[:-1], mask)
    elif len(mask) == len(values) + 1 and mask[-1] == 1:
        values, mask = ((*values, 1), mask) if len(values) == 1 else (values, mask[:-1])
    return run_broadcast(values, mask) is not None
