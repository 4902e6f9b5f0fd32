"""Which measures of predictions `expect.metrics` may name, beside the metrics that Keras logs.

`test_roc_auc` is one, `test_churn_roc_auc` where the model has several outputs. Which of them an
output can have is decided here, before anything is trained; `evaluation` computes them. A metric
that `training.metrics` logs under the same name comes first.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import NamedTuple

from modelspec.analysis import Analysis
from modelspec.analysis.losses import TrainedOutput, trained_outputs
from modelspec.spec import Spec

from .output_kinds import OutputKind, kind_of_output

WITH_CLASSES = frozenset((OutputKind.CLASSES, OutputKind.BINARY, OutputKind.LABELS))


class NamedMeasure(NamedTuple):
    """A measure of one output that has one number.

    Attributes:
        kinds: of the outputs that it is of.
        of: what they have, for messages.
    """

    kinds: Collection[OutputKind]
    of: str


MEASURES: Mapping[str, NamedMeasure] = {
    "roc_auc": NamedMeasure(WITH_CLASSES, "classes or labels"),
    "average_precision": NamedMeasure(WITH_CLASSES, "classes or labels"),
    "ece": NamedMeasure(WITH_CLASSES, "classes or labels"),
    "brier": NamedMeasure(WITH_CLASSES, "classes or labels"),
    "nll": NamedMeasure(WITH_CLASSES, "classes or labels"),
}
"""The measures by name. Each has its function in `evaluation.measured_values`."""

_SAID = {
    OutputKind.CLASSES: "has classes",
    OutputKind.BINARY: "has two classes",
    OutputKind.LABELS: "has labels",
    OutputKind.NUMBERS: "has numbers",
    OutputKind.TOKENS: "is a text",
}


def measured_names(outputs: Collection[str], among: int) -> list[str]:
    """The names of all measures of some outputs, without the prefix of a split.

    Args:
        outputs: of the model.
        among: how many the model has.
    """
    return [measured_name(output, measure, among) for output in outputs for measure in MEASURES]


def expectable_measures(spec: Spec, analysis: Analysis) -> dict[str, str]:
    """The name of each measure that predictions of a spec might have, to why it cannot be.

    Args:
        spec: with `training`; of a `gan` there are none.
        analysis: of its model.

    Returns:
        Without the prefixes of splits; "" for a measure that can be, or of which that is unknown
        before the data is read.
    """
    found = {}
    if spec.training is None or spec.training.gan is not None:
        return {}
    for output in trained_outputs(spec, analysis):
        for name, measure in MEASURES.items():
            found[measured_name(output.name, name, output.among)] = _why_not(output, name, measure)
    return found


def _why_not(output: TrainedOutput, name: str, measure: NamedMeasure) -> str:
    target = output.target
    if output.image is not None:
        return f"`{output.name}` is an image, of which no predictions are kept"
    if target is not None and target.width is not None:
        return f"`{output.name}` has lists, of which no predictions are kept"
    if not output.loss_class:
        return ""  # of an extension: its targets may be anything
    tensor = output.tensor
    units = 1 if tensor is not None and tensor.rank < 2 else output.units
    kind = kind_of_output(output.loss_class, units, target, output.labels)
    if kind in measure.kinds:
        return ""
    learned = target is not None and target.labels == "auto"  # how many there are is not known yet
    if kind is OutputKind.NUMBERS and (units is None or learned):
        return ""
    return f"`{output.name}` {_SAID[kind]}, and `{name}` is of {measure.of}"


def measured_name(output: str, measure: str, among: int) -> str:
    """The name of a measure of an output, of as many as the model has, without a split's prefix."""
    return f"{output}_{measure}" if among > 1 else measure
