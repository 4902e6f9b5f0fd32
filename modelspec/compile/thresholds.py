"""Whether `training.threshold` is of outputs that decide, and can be chosen."""

from __future__ import annotations

from modelspec.analysis import Analysis
from modelspec.analysis.losses import TrainedOutput, by_output, trained_outputs
from modelspec.diagnostics import Findings, Related
from modelspec.runs import OutputKind, kind_of_output
from modelspec.spec import Spec
from modelspec.spec.training import PerOutput, ThresholdGoal

CODE = "cannot-threshold"

DECIDED = (OutputKind.BINARY, OutputKind.LABELS)
"""What a threshold decides."""


def check_thresholds(spec: Spec, analysis: Analysis, findings: Findings) -> None:
    """Report outputs without a threshold, and goals without a split to choose them on.

    Args:
        spec: with `training.threshold`.
        analysis: of its model.
        findings: takes an error for each output.
    """
    training, data = spec.training, spec.data
    assert training is not None and training.threshold is not None
    given = training.threshold
    if training.gan is not None:
        message = "`threshold` is of an output that decides, and a `gan` trains a generator"
        findings.error(given.span, CODE, message, hint="remove `threshold`")
        return
    named = by_output(given, analysis.graph.output_names)
    goals = [goal for goal in named.values() if goal.value is None]
    if goals and data is not None and data.validation is None:
        message = f"`{goals[0]}` is chosen on the validation split, and `data` has none"
        hint = "add `validation: 0.15` to `data`, or write a number such as `threshold: 0.3`"
        findings.error(goals[0].span, "threshold-without-validation", message, hint=hint)
    for output in trained_outputs(spec, analysis):
        if output.name in named:
            _check_output(output, given, findings)


def _check_output(
    output: TrainedOutput, given: PerOutput[ThresholdGoal], findings: Findings
) -> None:
    target, tensor = output.target, output.tensor
    units = 1 if tensor is not None and tensor.rank < 2 else output.units
    kind = kind_of_output(output.loss_class, units, target, output.labels)
    hint = "leave the output out of `threshold`"
    learned = target is not None and target.labels == "auto"
    if output.image is not None or (tensor is not None and tensor.rank > 2):
        what = "decides for each pixel or step, and a threshold is of one decision a row"
    elif kind in DECIDED or not output.loss_class:
        return
    elif kind is OutputKind.CLASSES:
        what = "has a probability for each class, of which the highest is predicted"
        if output.units == 2:
            hint = "train one unit with `sigmoid` and `binary_crossentropy` in its place"
    elif units is None or learned:
        return  # what it is, is known once the data is read
    elif units and units > 1 and output.loss_class.startswith("Binary"):
        what = f"has {units} columns of numbers, and a threshold is of classes or labels"
        hint = "write the labels into one column that is `multi_hot`"
    else:
        what = "has numbers, and a threshold is of two classes, or of labels"
    span = given.name_spans.get(output.name, given.span)
    related = (Related(output.span, f"the output `{output.name}` is here"),)
    findings.error(span, CODE, f"`{output.name}` {what}", hint=hint, related=related)
