"""The shape and dtype of an output against its loss: which of them its first batch fails on."""

from __future__ import annotations

from typing import NamedTuple

from modelspec.analysis.arguments import complete
from modelspec.analysis.facts import shape_text
from modelspec.diagnostics import Findings, Related, Span
from modelspec.layers.rule import (
    BATCH_HINT,
    FIRST_STEP,
    Tensor,
    is_floating,
    is_whole,
    known_batch,
    trial_text,
)

from .kinds import CLASS_NUMBER_LOSSES, CROSSENTROPIES, EXCLUSIVE_LOSSES
from .loss_arguments import check_loss_arguments
from .outputs import TrainedOutput

MATRIX = 2


class LossShape(NamedTuple):
    """What a loss takes as an output, the batch axis included.

    Attributes:
        least_rank: of the output. 0: one number is compared with each target.
        most_rank: None for any.
        stretches: whether an output with a first axis of 1 is compared with every target.
        stretches_logits: whether it is, where the loss takes logits. In categorical_crossentropy
            TensorFlow then computes a gradient of the shape of the targets.
        squeezes: whether a last axis of 1 is dropped, as the target has one axis less.
        needs: what to call an output of the right rank.
        hint: how to get one.
    """

    least_rank: int = 0
    most_rank: int | None = None
    stretches: bool = True
    stretches_logits: bool = True
    squeezes: bool = False
    needs: str = ""
    hint: str = ""


_BY_VALUE = LossShape()
_ALONG_AXIS = LossShape(
    least_rank=1, needs="one result for each example", hint="keep the batch axis"
)
_SHAPES = {
    **dict.fromkeys(CROSSENTROPIES, _ALONG_AXIS),
    "CategoricalCrossentropy": _ALONG_AXIS._replace(stretches_logits=False),
    "SparseCategoricalCrossentropy": _ALONG_AXIS._replace(stretches=False, stretches_logits=False),
    "CTC": LossShape(
        least_rank=3,
        most_rank=3,
        stretches=False,
        stretches_logits=False,
        needs="an output of shape [steps, classes]",
        hint="end in a layer that returns one row for each step",
    ),
    "Circle": LossShape(
        least_rank=1,
        most_rank=MATRIX,
        squeezes=True,
        needs="one vector for each example",
        hint="end in a pooling layer or in Flatten",
    ),
}


def shape_of_loss(loss_class: str) -> LossShape:
    """What a loss of a Keras class takes; a loss that compares value by value takes any shape."""
    return _SHAPES.get(loss_class, _BY_VALUE)


def has_gradient(output: TrainedOutput) -> bool:
    """Whether the output is of floats or complex numbers; one of an unknown dtype may be."""
    dtype = None if output.tensor is None else output.tensor.dtype
    return dtype is None or is_floating(dtype) or dtype in _COMPLEX


_COMPLEX = ("complex64", "complex128")


def check_shape(output: TrainedOutput, findings: Findings, *, among: int, trains: bool) -> bool:
    """Check the output's shape and dtype against its loss; whether no error was found.

    Args:
        output: the output with its loss.
        findings: takes what does not fit.
        among: how many losses there are.
        trains: whether Keras's first step works though this output may have no gradient: another
            one has, or no weight is trained, so that none is asked for.
    """
    tensor = output.tensor
    if tensor is None:
        return True
    before = findings.error_count
    if not has_gradient(output):
        message = f"the output `{output.name}` is {tensor.dtype}: no gradient flows through it"
        hint = "train on the floats that it is computed from"
        report = findings.warning if trains and is_whole(tensor.dtype) else findings.error
        report(output.span, "output-without-gradient", message, hint=hint)
    elif tensor.dtype in _COMPLEX:
        message = (
            f"the output `{output.name}` is {tensor.dtype}, of which the loss compares the real "
            "part alone: no gradient flows through the imaginary one"
        )
        hint = "end in `ops.real`, `ops.abs` or `ops.view_as_real`"
        findings.warning(output.span, "output-without-gradient", message, hint=hint)
    if tensor.sparse:
        message = (
            f"the output `{output.name}` is a sparse tensor, with which Keras computes no loss"
        )
        hint = "leave `sparse` out where the codes are made"
        findings.error(output.span, "output-without-gradient", message, hint=hint)
    if findings.error_count == before:
        _check_axes(output, tensor, findings, among)
    if findings.error_count == before:
        check_loss_arguments(output, findings)
    return findings.error_count == before


def _check_axes(output: TrainedOutput, tensor: Tensor, findings: Findings, among: int) -> None:
    wanted, rank = shape_of_loss(output.loss_class), tensor.rank
    if wanted.squeezes and output.units == 1 and rank == MATRIX + 1:
        rank = MATRIX
    most = rank if wanted.most_rank is None else wanted.most_rank
    if rank == 0 and among > 1:
        _report_scalar(output, findings)
    elif not wanted.least_rank <= rank <= most:
        _report_rank(output, tensor, wanted, findings)
    elif _meets_no_target(output, tensor, wanted):
        _report_lost_batch(output, tensor, findings)
    elif _has_one_class(output, rank):
        _report_one_class(output, rank, findings)
    elif output.loss_class in ("CTC", "SparseCategoricalCrossentropy") and output.units == 0:
        needs, hint = "an axis with one unit for each class", "end in a Dense"
        _wrong_shape(output, needs, hint, findings)


def _report_scalar(output: TrainedOutput, findings: Findings) -> None:
    message = (
        f"the output `{output.name}` is one number for the whole batch, and of several losses Keras"
        f" weights each by the number of examples in its output. {FIRST_STEP}: tuple index out of"
        " range"
    )
    findings.error(output.span, "output-shape", message, hint=BATCH_HINT)


def _report_rank(
    output: TrainedOutput, tensor: Tensor, wanted: LossShape, findings: Findings
) -> None:
    if tensor.rank == 0:
        message = (
            f"`{output.loss.class_name}` needs {wanted.needs}, and `{output.name}` is one number"
            " for the whole batch"
        )
        related = (Related(output.span, f"the output `{output.name}` is here"),)
        findings.error(output.loss.span, "output-shape", message, hint=BATCH_HINT, related=related)
        return
    _wrong_shape(output, wanted.needs, wanted.hint, findings)


def _meets_no_target(output: TrainedOutput, tensor: Tensor, wanted: LossShape) -> bool:
    """Whether the first axis is another than that of a target, and does not stretch to it."""
    first = known_batch(tensor, output.batch_size)
    if first is None or tensor.rank == 0:
        return False
    if first == 1:
        return not (wanted.stretches_logits if _takes_logits(output) else wanted.stretches)
    # this one multiplies each target with each row
    return output.loss_class != "CategoricalGeneralizedCrossEntropy" or tensor.rank > MATRIX


def _takes_logits(output: TrainedOutput) -> bool:
    """Whether Keras computes the loss from logits; behind a softmax it takes what is before it."""
    return output.from_logits or output.activation == "softmax"


def _report_lost_batch(output: TrainedOutput, tensor: Tensor, findings: Findings) -> None:
    message = (
        f"the output `{output.name}` is not one result for each example, as its target is: its "
        f"shape is {trial_text(tensor.trial or tensor.shape)}, so no batch can be compared with "
        "its targets"
    )
    findings.error(output.span, "output-shape", message, hint=BATCH_HINT)


def _wrong_shape(output: TrainedOutput, needs: str, hint: str, findings: Findings) -> None:
    assert output.tensor is not None
    shape = shape_text(output.tensor.shape[1:])
    message = f"`{output.loss.class_name}` needs {needs}, and `{output.name}` has shape {shape}"
    related = (Related(output.span, f"the output `{output.name}` is here"),)
    findings.error(output.loss.span, "output-shape", message, hint=hint, related=related)


def _has_one_class(output: TrainedOutput, rank: int) -> bool:
    """Whether a loss of several classes has one unit; where labels are known, they are checked.

    A number for each example counts as one unit, which is what Keras makes of it.
    """
    if output.loss_class == "CTC":  # Keras drops an axis of 1, and CTC lacks it then
        return output.units == 1
    if output.loss_class not in EXCLUSIVE_LOSSES:
        return False
    if rank == 1:
        return True
    counted = output.labels is not None and output.loss_class in CLASS_NUMBER_LOSSES
    return output.units == 1 and not counted and along_last(output)


def _report_one_class(output: TrainedOutput, rank: int, findings: Findings) -> None:
    has = "one unit" if rank > 1 else "one number for each example"
    message = f"`{output.loss.class_name}` takes one unit for each class, and `{output.name}`"
    hint = "write binary_crossentropy for two classes, or give the last layer more units"
    if rank == 1:
        hint = "write binary_crossentropy for two classes, or end in a Dense with more units"
    if output.loss_class == "CTC":
        hint = "give the last layer a unit for each class, and one for the blank between them"
    related = (Related(output.span, f"the output `{output.name}` is here"),)
    findings.error(
        units_span(output), "one-class-output", f"{message} has {has}", hint=hint, related=related
    )


def along_last(output: TrainedOutput) -> bool:
    """Whether the classes are on the last axis."""
    return bool(complete(output.loss).get("axis", -1) == -1)


def units_span(output: TrainedOutput) -> Span:
    """Where the size of the output's last axis is written, or the loss."""
    item = None if output.layer is None else output.layer.item
    for key in ("units", "filters"):
        if item is not None and item.args.get(key) == output.units and key in item.arg_spans:
            return item.arg_spans[key]
    return output.loss.span
