"""Losses and targets against the model's outputs: what Keras fails on, or what is meaningless.

What is only unusual is a lint.
"""

from __future__ import annotations

from modelspec.analysis.arguments import complete
from modelspec.analysis.facts import Analysis, shape_text
from modelspec.diagnostics import Findings, Related, Span
from modelspec.layers.rule import (
    BATCH_HINT,
    Tensor,
    is_floating,
    is_whole,
    meets_no_target,
    trial_text,
)
from modelspec.spec import Spec
from modelspec.spec.data import Columns

from .gradients_of_losses import check_gradients
from .kinds import (
    BINARY_LOSSES,
    CLASS_NUMBER_LOSSES,
    CROSSENTROPIES,
    EXCLUSIVE_LOSSES,
    ONE_HOT_LOSSES,
    OTHER_SHAPES,
)
from .loss_arguments import check_loss_arguments
from .masks import check_mask
from .metrics import check_metrics
from .monitors import check_monitors
from .outputs import TrainedOutput, check_output_names, names_with_loss, trained_outputs
from .target_values import (
    check_class_labels,
    count_of_units,
    report_columns_of_class_numbers,
    report_labels_of_binary_loss,
    report_labels_of_one_hot_loss,
    shapes_match,
)

CTC_RANK, CIRCLE_RANK = 3, 2


def check_losses(spec: Spec, analysis: Analysis, findings: Findings) -> None:
    """Check the `training` section against the model and the `data` section.

    Args:
        spec: without `training` there is nothing to check.
        analysis: of its model; what is unknown there is not checked.
        findings: takes errors for what cannot work, and warnings for meaningless metrics.
    """
    training = spec.training
    if training is None:
        return
    check_output_names(training, analysis.graph.output_names, findings)
    outputs = trained_outputs(spec, analysis)
    others_train = any(_has_gradient(output) for output in outputs)
    for output in outputs:
        if check_shape(output, findings, others_train=others_train) and check_target(
            output, findings
        ):
            check_metrics(output, findings)
            check_mask(output, findings)
    if len(outputs) == len(names_with_loss(training, analysis.graph.output_names)):
        check_monitors(spec, outputs, findings)
        check_gradients(training, analysis, findings)


def _has_gradient(output: TrainedOutput) -> bool:
    return output.tensor is None or is_floating(output.tensor.dtype)


def check_shape(output: TrainedOutput, findings: Findings, *, others_train: bool = False) -> bool:
    """Check the output's shape and dtype against its loss; whether no error was found.

    Args:
        output: the output with its loss.
        findings: takes what does not fit.
        others_train: whether another output has a gradient, without which Keras's first step fails.
    """
    tensor = output.tensor
    if tensor is None:
        return True
    before = findings.error_count
    name, loss, rank = output.name, output.loss.class_name, tensor.rank
    related = (Related(output.span, f"the output `{name}` is here"),)
    if not _has_gradient(output):
        message = f"the output `{name}` is {tensor.dtype}: no gradient flows through it"
        hint = "train on the floats that it is computed from"
        trains = others_train and is_whole(tensor.dtype)
        report = findings.warning if trains else findings.error  # its loss is a constant then
        report(output.span, "output-without-gradient", message, hint=hint)
    elif meets_no_target(tensor):
        _report_lost_batch(output, tensor, findings)
    elif tensor.sparse:
        message = f"the output `{name}` is a sparse tensor, with which Keras computes no loss"
        hint = "leave `sparse` out where the codes are made"
        findings.error(output.span, "output-without-gradient", message, hint=hint)
    elif output.loss_class == "CTC" and rank != CTC_RANK:
        needs = "an output of shape [steps, classes]"
        _wrong_shape(output, needs, "end in a layer that returns one row for each step", findings)
    elif output.loss_class == "Circle" and rank > CIRCLE_RANK:
        needs = "one vector for each example"
        _wrong_shape(output, needs, "end in a pooling layer or in Flatten", findings)
    elif output.loss_class in EXCLUSIVE_LOSSES and rank == 1:
        _wrong_shape(output, "an axis with one unit for each class", "end in a Dense", findings)
    elif _has_one_class(output):
        message = f"`{loss}` takes one unit for each class, and `{name}` has one unit"
        hint = "write binary_crossentropy for two classes, or give the last layer more units"
        if output.loss_class == "CTC":
            hint = "give the last layer a unit for each class, and one for the blank between them"
        findings.error(_units_span(output), "one-class-output", message, hint=hint, related=related)
    if findings.error_count == before:
        check_loss_arguments(output, findings)
    return findings.error_count == before


def _report_lost_batch(output: TrainedOutput, tensor: Tensor, findings: Findings) -> None:
    message = (
        f"the output `{output.name}` is not one result for each example, as its target is: its "
        f"shape is {trial_text(tensor.trial or ())}, so no batch can be compared with its targets"
    )
    findings.error(output.span, "output-shape", message, hint=BATCH_HINT)


def _wrong_shape(output: TrainedOutput, needs: str, hint: str, findings: Findings) -> None:
    assert output.tensor is not None
    shape = shape_text(output.tensor.shape[1:])
    message = f"`{output.loss.class_name}` needs {needs}, and `{output.name}` has shape {shape}"
    related = (Related(output.span, f"the output `{output.name}` is here"),)
    findings.error(output.loss.span, "output-shape", message, hint=hint, related=related)


def _has_one_class(output: TrainedOutput) -> bool:
    """Whether a loss of several classes has one unit; where labels are known, they are checked."""
    counted = output.labels is not None and output.loss_class in CLASS_NUMBER_LOSSES
    exclusive = output.loss_class in EXCLUSIVE_LOSSES and _along_last(output)
    if output.loss_class == "CTC":  # Keras drops an axis of 1, and CTC lacks it then
        return output.units == 1
    return exclusive and output.units == 1 and not counted


def _along_last(output: TrainedOutput) -> bool:
    return bool(complete(output.loss).get("axis", -1) == -1)


def check_target(output: TrainedOutput, findings: Findings) -> bool:
    """Check labels and columns of the target; whether no error was found."""
    target = output.target
    before = findings.error_count
    if target is None:
        return True
    if target.has_column_per_label:
        _check_columns_of_labels(output, target, findings)
    elif target.labels is not None and output.loss_class in ONE_HOT_LOSSES:
        report_labels_of_one_hot_loss(output.name, output.loss, findings, _labels_location(output))
    elif output.labels is not None and output.loss_class in CLASS_NUMBER_LOSSES:
        _check_units(output, output.labels, findings)
    elif output.labels and output.loss_class in BINARY_LOSSES and len(output.labels) > 2:
        count, related = len(output.labels), _labels_location(output)
        report_labels_of_binary_loss(output.name, output.loss, count, findings, related)
    elif output.table and output.loss_class not in OTHER_SHAPES | {""}:
        _check_columns(output, len(target.columns), findings)
    check_class_weight(output, findings)
    return findings.error_count == before


def _check_columns_of_labels(output: TrainedOutput, target: Columns, findings: Findings) -> None:
    """Check a target with a column for each label."""
    option = "one_hot" if target.is_one_hot else "multi_hot"
    related = (Related(target.place(option), f"`{option}` is here"),)
    if output.loss_class in CLASS_NUMBER_LOSSES:
        report_columns_of_class_numbers(output.name, output.loss, option, findings, related)
    elif output.labels is not None and output.units not in (None, len(output.labels)):
        count = len(output.labels)
        message = f"`{output.name}` has {count} labels, and its output has"
        code = "too-many-units"
        if output.units is not None and output.units < count:
            message, code = f"{message} only", "too-few-units"
        message = f"{message} {count_of_units(output.units or 0)}"
        hint = f"give the last layer {count} units"
        where = _labels_location(output)
        findings.error(_units_span(output), code, message, hint=hint, related=where)


def _check_units(output: TrainedOutput, labels: tuple[str, ...], findings: Findings) -> None:
    units = output.units
    if units is None or not _along_last(output) or units == len(labels):
        return
    related = _labels_location(output)
    have = f"`{output.name}` has {len(labels)} labels"
    hint = f"give the last layer {len(labels)} units"
    if units < len(labels):
        message = f"{have}, and its output has only {count_of_units(units)}"
        findings.error(_units_span(output), "too-few-units", message, hint=hint, related=related)
    else:
        message = f"{have}, and its output has {units} units"
        findings.warning(_units_span(output), "too-many-units", message, hint=hint, related=related)


def _check_columns(output: TrainedOutput, columns: int, findings: Findings) -> None:
    """Check the columns of a table, which form a target of shape [columns]."""
    target = output.target
    if output.tensor is None or target is None:
        return
    shape = output.tensor.shape[1:]
    classes = output.loss_class in CLASS_NUMBER_LOSSES
    if shapes_match((columns,), (*shape[:-1], 1) if classes else shape):
        return
    hint = f"give the last layer of `{output.name}` the shape of its target"
    if classes:
        message = f"`{output.loss.class_name}` takes one class number for each example"
        message += f"; the target `{output.name}` has shape [{columns}]"
        if columns == output.units and output.loss_class in CROSSENTROPIES:
            hint = "write categorical_crossentropy for one column for each class"
    else:
        message = (
            f"`{output.loss.class_name}` compares a target of shape [{columns}]"
            f" with an output of shape {shape_text(shape)}"
        )
        if columns == 1 and len(shape) == 1 and output.loss_class in ONE_HOT_LOSSES:
            hint = (
                f"write `{{column: {target.columns[0]}, one_hot: true}}` for its target,"
                " or sparse_categorical_crossentropy"
            )
        elif columns == 1 and len(shape) == 1 and output.loss_class in BINARY_LOSSES:
            hint = (
                "give the last layer one unit,"
                " or write sparse_categorical_crossentropy for one column of classes"
            )
    related = (
        Related(output.span, f"the output `{output.name}` is here"),
        Related(target.span, "its target is here"),
    )
    findings.error(output.loss.span, "target-shape", message, hint=hint, related=related)


def check_class_weight(output: TrainedOutput, findings: Findings) -> None:
    """Class weights need one class for each example, and labels that exist."""
    given, target = output.class_weight, output.target
    if given is None or target is None:
        return
    if output.table and len(target.columns) > 1:
        message = (
            "`class_weight` needs one class for each example;"
            f" the target of `{output.name}` has several columns"
        )
        findings.error(given.span, "class-weight", message)
    if output.labels is not None:
        check_class_labels(output.name, given, output.labels, findings)


def _labels_location(output: TrainedOutput) -> tuple[Related, ...]:
    target = output.target
    if target is None:
        return ()
    return (Related(target.labels_span or target.span, "the labels are here"),)


def _units_span(output: TrainedOutput) -> Span:
    """Where the size of the output's last axis is written, or the loss."""
    item = None if output.layer is None else output.layer.item
    for key in ("units", "filters"):
        if item is not None and item.args.get(key) == output.units and key in item.arg_spans:
            return item.arg_spans[key]
    return output.loss.span
