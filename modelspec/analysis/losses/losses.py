"""Losses, metrics and targets against the model's outputs: what Keras fails on, or what means
nothing.

What is only unusual is a lint.
"""

from __future__ import annotations

from modelspec.analysis.facts import Analysis
from modelspec.diagnostics import Findings
from modelspec.spec import Spec

from .logs import check_watchers
from .metrics import check_metrics
from .outputs import check_names, trained_outputs
from .targets import check_shape, check_target


def check_losses(spec: Spec, analysis: Analysis, findings: Findings) -> None:
    """Hold the `training` section against the model and the `data` section.

    Args:
        spec: without `training` there is nothing to check.
        analysis: of its model; what is not known there is not judged.
        findings: takes errors for what cannot work, and warnings for metrics that mean nothing.
    """
    training = spec.training
    if training is None:
        return
    check_names(training, analysis.graph.output_names, findings)
    outputs = trained_outputs(spec, analysis)
    for output in outputs:
        if check_shape(output, findings) and check_target(output, findings):
            check_metrics(output, findings)
    if len(outputs) == len(analysis.graph.output_names):
        check_watchers(spec, outputs, findings)
