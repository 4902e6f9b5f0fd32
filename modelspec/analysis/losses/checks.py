"""Losses and targets against the model's outputs: what Keras fails on, or what is meaningless.

What is only unusual is a lint.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from modelspec.analysis.arguments import complete, keras_class
from modelspec.analysis.facts import Analysis, shape_text
from modelspec.analysis.gradients import learning_layers, trace_gradients
from modelspec.diagnostics import Findings, Related
from modelspec.layers.rule import Tensor
from modelspec.spec import Spec
from modelspec.spec.data import Columns
from modelspec.spec.model import KerasObject, objects_in
from modelspec.spec.training import TrainingSpec

from .gradients_of_losses import check_gradients
from .kinds import (
    BINARY_LOSSES,
    CLASS_NUMBER_LOSSES,
    CROSSENTROPIES,
    EXCLUSIVE_LOSSES,
    ONE_HOT_LOSSES,
    OTHER_SHAPES,
)
from .masks import check_mask
from .metrics import check_metrics
from .monitors import check_monitors
from .output_shapes import along_last, check_shape, has_gradient, units_span
from .outputs import TrainedOutput, check_output_names, names_with_loss, trained_outputs
from .target_values import (
    CLASSES_AS_NUMBERS,
    check_class_labels,
    compared_shape,
    count_of_units,
    hint_for_labels,
    quantiles_of,
    report_columns_of_class_numbers,
    report_labels_of_binary_loss,
    report_labels_of_one_hot_loss,
    shape_hint,
    shapes_match,
)

UNREDUCED = (None, "none")
"""Reductions that leave a number for each example."""

ROWS = 2
"""The rank of an output with one row of units for each example."""


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
    if training.gan is not None:
        from modelspec.analysis.gan import check_gan

        check_gan(spec, analysis, findings)
        check_gradients(training, analysis, findings)
        return
    check_output_names(training, analysis.graph.output_names, findings)
    if _check_single_tensors(analysis, findings):
        return
    outputs = trained_outputs(spec, analysis)
    trains = any(map(has_gradient, outputs)) or _trains_without(training, analysis)
    for output in outputs:
        fits = check_shape(output, findings, among=len(outputs), trains=trains)
        if fits and check_target(output, findings):
            check_metrics(output, findings)
            check_mask(output, findings)
    _check_unreduced_losses(training, outputs, analysis, findings)
    if len(outputs) == len(names_with_loss(training, analysis.graph.output_names)):
        check_monitors(spec, outputs, findings)
        if training.trainer is None:
            check_gradients(training, analysis, findings)
    if analysis.graph.losses:
        from modelspec.analysis.graph_losses import check_graph_losses

        check_graph_losses(spec, analysis, findings)


def _check_single_tensors(analysis: Analysis, findings: Findings) -> bool:
    """Report outputs of several tensors, as `return_state` makes them; whether there are any."""
    graph, before = analysis.graph, findings.error_count
    for name, span in zip(graph.output_names, graph.output_spans, strict=True):
        value = analysis.outputs.get(name)
        if value is None or isinstance(value, Tensor):
            continue
        keys = list(value) if isinstance(value, Mapping) else list(range(len(value)))
        several = f"{len(keys)} tensors" if len(keys) != 1 else "a list of one tensor"
        message = f"the output `{name}` is {several}, and training takes one for each output"
        layer = graph.layers.get(name)
        if graph.kind == "sequential":
            states = layer is not None and any("return_state" in i.args for i in objects_in(layer))
            leave = "leave `return_state` out, or " if states else ""
            hint = f"{leave}write a `functional`, whose output names one of them"
        elif layer is not None:
            hint = f"name one of them, such as `{name}[{keys[0]}]`"
        else:
            hint = f'name one of them, such as `{name}: "LAYER[{keys[0]}]"`'
        findings.error(span, "output-shape", message, hint=hint)
    return findings.error_count != before


def _trains_without(training: TrainingSpec, analysis: Analysis) -> bool:
    """Whether Keras's first step works without a gradient of an output: a penalty has one, or the
    model has no weight that training changes."""
    if analysis.weights is None:
        return False
    learning = list(learning_layers(analysis, training.freeze))
    penalized = trace_gradients(analysis, []).layers
    return not learning or any(id(layer) in penalized for layer in learning)


def _check_unreduced_losses(
    training: TrainingSpec,
    outputs: Sequence[TrainedOutput],
    analysis: Analysis,
    findings: Findings,
) -> None:
    """Report a loss with a number for each example beside penalties: Keras adds one number each."""
    losses = [one.loss for one in outputs if one.loss_class]
    found = next((one for one in losses if complete(one).get("reduction", "") in UNREDUCED), None)
    if found is None:
        return
    learning = list(learning_layers(analysis, training.freeze))
    penalized = [layer for layer in learning if _has_penalty(layer.object)]
    penalized += [one for one in analysis.graph.layers.values() if _penalizes_output(one.object)]
    if penalized:
        layer = penalized[0]
        message = (
            f"`{found.class_name}` has a number for each example, as `reduction` says, and Keras "
            f'cannot add the penalty of "{layer.name}" to them'
        )
        related = (Related(layer.span, f'"{layer.name}" is here'),)
        span = found.arg_spans.get("reduction", found.span)
        hint = "leave `reduction` out, or the penalty"
        findings.error(span, "wrong-value", message, hint=hint, related=related)


def _has_penalty(layer: KerasObject) -> bool:
    return any(one.kind == "regularizer" for one in objects_in(layer.args))


def _penalizes_output(layer: KerasObject) -> bool:
    is_penalty = keras_class(layer) == "ActivityRegularization"
    return is_penalty or layer.args.get("activity_regularizer") is not None


def check_target(output: TrainedOutput, findings: Findings) -> bool:
    """Check labels and columns of the target; whether no error was found."""
    target = output.target
    before = findings.error_count
    if target is None:
        return True
    if output.tokenizer is not None:
        from .token_targets import check_token_target

        check_token_target(output, output.tokenizer, units_span(output), findings)
        return findings.error_count == before
    if target.width is not None and not _has_steps(output, target.width):
        _report_no_steps(output, target, findings)
    elif target.has_column_per_label:
        _check_columns_of_labels(output, target, findings)
    elif target.labels is not None and output.loss_class in ONE_HOT_LOSSES:
        report_labels_of_one_hot_loss(output.name, output.loss, findings, _labels_location(output))
    elif output.labels is not None and output.loss_class in CLASS_NUMBER_LOSSES:
        _check_units(output, output.labels, findings)
    elif output.labels and output.loss_class in BINARY_LOSSES and len(output.labels) > 2:
        count, related = len(output.labels), _labels_location(output)
        report_labels_of_binary_loss(output.name, output.loss, count, findings, related)
    elif output.table and target.width is None and output.loss_class not in OTHER_SHAPES | {""}:
        _check_columns(output, len(target.columns), findings)
    check_class_weight(output, findings)
    if output.image is not None and findings.error_count == before:
        from .images import check_image

        check_image(output, findings)
    return findings.error_count == before


def _has_steps(output: TrainedOutput, width: int) -> bool:
    """Whether an output has a value, or a row of them, for each step of its target."""
    if output.tensor is None or output.loss_class in OTHER_SHAPES:
        return True
    shape = output.tensor.shape[1:]
    has_units = output.loss_class in EXCLUSIVE_LOSSES or quantiles_of(output.loss) is not None
    return len(shape) > has_units and shape[0] in (None, width)


def _report_no_steps(output: TrainedOutput, target: Columns, findings: Findings) -> None:
    assert output.tensor is not None
    message = (
        f"the target `{output.name}` has {target.width} steps, and its output has shape"
        f" {shape_text(output.tensor.shape[1:])}"
    )
    related = (Related(output.span, f"the output `{output.name}` is here"),)
    hint = "end in a layer that returns one row for each step, such as `return_sequences: true`"
    if output.tensor.rank > ROWS:
        hint = f"write `pad: {output.tensor.shape[1]}`"
    findings.error(target.place("pad"), "target-shape", message, hint=hint, related=related)


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
        findings.error(units_span(output), code, message, hint=hint, related=where)


def _check_units(output: TrainedOutput, labels: tuple[str, ...], findings: Findings) -> None:
    units = output.units
    if units is None or not along_last(output) or units == len(labels):
        return
    related = _labels_location(output)
    have = f"`{output.name}` has {len(labels)} labels"
    hint = hint_for_labels(labels)
    if units < len(labels):
        message = f"{have}, and its output has only {count_of_units(units)}"
        findings.error(units_span(output), "too-few-units", message, hint=hint, related=related)
    else:
        message = f"{have}, and its output has {units} units"
        findings.warning(units_span(output), "too-many-units", message, hint=hint, related=related)


def _check_columns(output: TrainedOutput, columns: int, findings: Findings) -> None:
    """Check the columns of a table, which form a target of shape [columns]."""
    target = output.target
    if output.tensor is None or target is None:
        return
    shape = output.tensor.shape[1:]
    classes = output.loss_class in CLASS_NUMBER_LOSSES
    compared = compared_shape(output.loss, shape)
    if shapes_match((columns,), (*shape[:-1], 1) if classes else compared):
        return
    hint = shape_hint(output.name, output.loss, (columns,))
    if classes and len(shape) == 1:
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
        elif target.labels is not None and columns == 1 and len(shape) == 1:
            hint = CLASSES_AS_NUMBERS
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
    elif target.is_multi_hot:
        message = (
            "`class_weight` needs one class for each example;"
            f" the target of `{output.name}` is `multi_hot`, of several labels"
        )
        hint = "remove it, or weight examples by a column: `sample_weight` of `data`"
        findings.error(given.span, "class-weight", message, hint=hint)
    elif target.options and _ignores_pixels(target):
        message = (
            "`class_weight` counts the classes of all pixels, and `ignore` leaves some without"
        )
        findings.error(given.span, "class-weight", message, hint="leave one of them out")
    elif output.labels is not None:
        check_class_labels(output.name, given, output.labels, findings)


def _ignores_pixels(target: Columns) -> bool:
    from modelspec.analysis.data import ignored_pixels

    return bool(ignored_pixels(target))


def _labels_location(output: TrainedOutput) -> tuple[Related, ...]:
    target = output.target
    if target is None:
        return ()
    return (Related(target.labels_span or target.span, "the labels are here"),)
