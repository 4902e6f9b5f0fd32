"""All sections of a spec against its model; a check runs where its inputs are free of errors."""

from __future__ import annotations

from modelspec.analysis.data_checks import check_media, match_inputs, match_targets
from modelspec.analysis.lints import run_lints
from modelspec.analysis.losses import check_losses
from modelspec.diagnostics import Findings
from modelspec.spec import Spec

from .expectations import check_expectations, check_expected_metrics
from .facts import Analysis


def check_sections(spec: Spec, analysis: Analysis, findings: Findings) -> None:
    """Check `data`, `training` and `expect`, and run the lints.

    Args:
        spec: the whole spec.
        analysis: of its model; where that found errors, only names are checked.
        findings: of the earlier stages; takes those of the checks.
    """
    known = not findings.has_errors
    if spec.data is not None:
        inputs = match_inputs(spec.data, analysis.graph, findings)
        match_targets(spec.data, analysis.graph, findings)
    if not known:
        return
    if spec.data is not None:
        check_media(spec.data, inputs, findings)
    check_losses(spec, analysis, findings)
    check_expected_metrics(spec, analysis, findings)
    if not findings.has_errors:  # lints advise on models without errors
        run_lints(spec, analysis, findings)
    check_expectations(spec, analysis, findings)
