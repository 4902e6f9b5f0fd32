"""Initial weights against the model, where a spec has some; the first imports what reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.compile import CompiledSpec
from modelspec.diagnostics import Findings, Span, SpecError

if TYPE_CHECKING:
    from modelspec.weights import LoadingReport


def check_weights(
    compiled: CompiledSpec, findings: Findings, *, is_required: bool = False
) -> LoadingReport | None:
    """What becomes of each layer by `initial_weights`; None without it.

    Args:
        compiled: the spec.
        findings: takes what does not fit.
        is_required: whether a file that is not there is an error.
    """
    training = compiled.spec.training
    if training is None or training.initial_weights is None or compiled.is_recorded:
        return None
    from modelspec.weights import check_initial_weights

    return check_initial_weights(
        compiled.spec, compiled.analysis, findings, is_required=is_required
    )


def require_weights(compiled: CompiledSpec) -> frozenset[Span]:
    """Refuse weights that do not fit the model, before TensorFlow starts.

    Returns:
        Where the layers stand in the spec that the files have.

    Raises:
        SpecError: a file is missing, or does not fit.
    """
    findings = Findings()
    report = check_weights(compiled, findings, is_required=True)
    if findings.has_errors:
        raise SpecError(findings.sorted())
    return frozenset() if report is None else report.loaded_spans
