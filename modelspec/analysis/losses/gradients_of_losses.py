"""Whether a gradient reaches any weight: without one, Keras's first step fails."""

from __future__ import annotations

from modelspec.analysis.arguments import keras_class
from modelspec.analysis.facts import Analysis
from modelspec.analysis.gradients import (
    BackwardFailure,
    learning_layers,
    trace_gradients,
    watched_layers,
)
from modelspec.diagnostics import Findings, Related
from modelspec.layers.rule import FIRST_STEP
from modelspec.spec.training import TrainingSpec

from .outputs import names_with_loss


def check_gradients(training: TrainingSpec, analysis: Analysis, findings: Findings) -> None:
    """Report a model in which something between all weights and the losses stops the gradient.

    That some weights get none is a lint.

    Args:
        training: which outputs have a loss, and which layers are frozen.
        analysis: of the model.
        findings: takes at most one error.
    """
    if findings.has_errors or analysis.weights is None:
        return
    trained = names_with_loss(training, analysis.graph.output_names)
    learning = list(learning_layers(analysis, training.freeze))
    reach = trace_gradients(analysis, trained)
    for failure in reach.failures:
        _report_failure(failure, analysis, findings)
    if not learning or any(id(layer) in reach.layers for layer in learning):
        return
    names = [
        keras_class(analysis.graph.layers[stop.layer].object)
        for stop in reach.stops
        if stop.layer in analysis.graph.layers
    ]
    what = f"`{names[0]}` stops it" if names else "no loss depends on one"
    message = (
        f"no gradient reaches a weight: {what}. {FIRST_STEP}: No gradients provided for any "
        "variable"
    )
    span = reach.stops[0].span if reach.stops else training.loss.span
    related = (Related(training.loss.span, "the loss is here"),)
    hint = "train on the floats before it, or give a loss to an output that has weights before it"
    findings.error(span, "output-without-gradient", message, hint=hint, related=related)


def _report_failure(failure: BackwardFailure, analysis: Analysis, findings: Findings) -> None:
    """Report a call without a gradient, if a layer with weights is behind it."""
    layer, behind = failure.layer, failure.behind.layers
    source = next((one for one in watched_layers(analysis) if id(one) in behind), None)
    if source is None:
        return
    message = (
        f'"{layer.name}" ({layer.object.class_name}) {failure.limit.why}, and "{source.name}"'
        f" before it has weights, through which TensorFlow computes one: {FIRST_STEP}"
    )
    related = (Related(source.span, f'"{source.name}" is here'),)
    hint = f"{failure.limit.hint}; freezing what is before it does not help"
    findings.error(layer.object.span, "no-gradient", message, hint=hint, related=related)
