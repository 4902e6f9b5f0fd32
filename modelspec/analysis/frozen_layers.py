"""`training.freeze` against the layers of the model: what `modelspec train` refuses of it."""

from __future__ import annotations

from modelspec.diagnostics import Findings
from modelspec.spec import Spec
from modelspec.spec.model import KerasObject
from modelspec.spec.training import FREEZE_HINT, unmatched_freeze_patterns

from .facts import Analysis, layer_names
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
    if spec.training is None or not spec.training.freeze:
        return
    context = LintContext(spec, analysis)
    if not _is_opaque(context):
        names = {name for model in context.models for name in model.graph.layers}
        names.update(layer_names(analysis))
        for span, message in unmatched_freeze_patterns(spec.training, names):
            findings.error(span, "unmatched-freeze", message, hint=FREEZE_HINT)
    patterns = spec.training.freeze
    if analysis.weights is None or any(learning_layers(analysis, patterns)):
        return
    if not any(learning_layers(analysis, ())):  # that is a lint: `freeze` changes nothing
        return
    message = "`freeze` matches every layer that has weights: there is nothing left to train"
    hint = "leave out the layers that should learn"
    findings.error(spec.training.freeze_spans[0], "nothing-to-train", message, hint=hint)


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
