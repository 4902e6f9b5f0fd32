"""`training.freeze` against the layers of the model: what `modelspec train` refuses of it."""

from __future__ import annotations

from modelspec.diagnostics import Findings
from modelspec.spec import Spec
from modelspec.spec.model import KerasObject, left_out_layers
from modelspec.spec.phases import FreezePatterns

from .facts import Analysis
from .frozen_weights import layer_paths, weight_paths
from .gradients import learning_layers
from .lints import LintContext


def check_freeze(spec: Spec, analysis: Analysis, findings: Findings) -> None:
    """Find patterns that match no layer, and patterns that leave nothing to train.

    Args:
        spec: without `training` or `freeze` there is nothing to check.
        analysis: of its model. Where a layer is not known inside, as an extension's is not, its
            layers may have any name: `train`, which has the model, then says it.
        findings: takes the errors.
    """
    training = spec.training
    if training is None:
        return
    excluded = training.exclude_from_weight_decay
    if not (training.freeze or training.learning_rates or excluded):
        return
    if not _is_opaque(LintContext(spec, analysis)):
        paths, left_out = list(layer_paths(analysis)), left_out_layers(spec.model)
        for span, message, hint in training.freeze.unmatched(paths, left_out):
            findings.error(span, "unmatched-freeze", message, hint=hint)
        if training.learning_rates is not None:
            for span, message, hint in training.learning_rates.unmatched(paths, left_out):
                findings.error(span, "unmatched-rate", message, hint=hint)
        if excluded is not None and analysis.weights is not None:
            for span, message, hint in excluded.unmatched(weight_paths(analysis), left_out):
                findings.error(span, "unmatched-decay", message, hint=hint)
    if not training.freeze:
        return
    if analysis.weights is None or any(learning_layers(analysis, training.freeze)):
        return
    if not any(learning_layers(analysis, FreezePatterns())):  # a lint: `freeze` changes nothing
        return
    message = "`freeze` matches every layer that has weights: there is nothing left to train"
    hint = "leave out the layers that should learn"
    findings.error(training.freeze.spans[0], "nothing-to-train", message, hint=hint)


def _is_opaque(context: LintContext) -> bool:
    """Whether layers have names that neither the spec nor the analysis knows."""
    known = {
        id(facts.layer.object)
        for model in context.models
        for facts in model.analysis.layers.values()
        if facts.calls[0].nested is not None
    }
    return any(
        (item.class_name.startswith("applications.") and id(item) not in known)
        or ">" in item.class_name
        or any(
            isinstance(value, KerasObject) and value.kind == "layer" for value in item.args.values()
        )
        for _, item in context.layers
    )
