"""Whether the sections beside the model fit it: `data`, `training` and `expect`.

What few specs need is imported where one needs it.
"""

from __future__ import annotations

from modelspec.analysis import (
    Analysis,
    check_expectations,
    check_expected_metrics,
    check_freeze,
    check_optimizer,
    check_scope_names,
    guarded,
)
from modelspec.analysis.data import (
    FedInputs,
    check_columns,
    check_targets,
    match_inputs,
    match_targets,
)
from modelspec.analysis.lints import run_lints
from modelspec.analysis.losses import check_losses, check_targets_given
from modelspec.diagnostics import Findings
from modelspec.document import value_span
from modelspec.layers.rule import Policy
from modelspec.spec import Spec
from modelspec.spec.data import Columns, DataSpec


def check_sections(
    spec: Spec, analysis: Analysis, policy: Policy | None, findings: Findings
) -> None:
    """Check `data`, `training` and `expect` against the model, and run the lints.

    Where an earlier stage found errors, only names are checked.

    Args:
        spec: the typed spec.
        analysis: of its model.
        policy: the dtype policy of the model; None for Keras's default.
        findings: takes what does not fit.
    """
    known = not findings.has_errors
    if spec.data is not None:
        inputs = match_inputs(spec.data, analysis.graph, findings)
        targets: tuple[Columns, ...] = ()
        if known or analysis.graph.has_written_output_names():
            targets = match_targets(spec.data, analysis.graph, findings)
            check_targets(spec.data, targets, findings)
            check_targets_given(spec.data, spec.training, analysis.graph, findings)
    if not known:
        return
    for phase in spec.each_phase:
        check_scope_names(phase, analysis.graph, findings)
    fed = analysis
    if spec.data is not None:
        check_columns(spec.data, inputs, targets, analysis, findings)
        if analysis.has_open_sizes and not findings.has_errors:
            fed = _at_sizes_of_data(spec.data, inputs, analysis, policy, findings)
        if spec.data.augment:
            from modelspec.analysis.augmentation import check_augment

            check_augment(spec, targets, analysis, findings)
    if any(call.least_batch > 1 for facts in analysis.layers.values() for call in facts.calls):
        from modelspec.analysis.sizes import check_batches

        check_batches(spec, analysis, findings)
    if spec.data is not None and any(entry.batch_size for entry in analysis.graph.inputs):
        from modelspec.analysis.sizes import check_fixed_batches

        check_fixed_batches(spec.data, analysis.graph, policy, findings)
    if spec.is_divided:
        from modelspec.analysis.distribute import check_distribution

        check_distribution(spec, analysis, policy, findings)
    _check_training(spec, fed, analysis, findings)
    check_expectations(spec, analysis, findings)


def _check_training(spec: Spec, fed: Analysis, analysis: Analysis, findings: Findings) -> None:
    """Check `training`, each phase of it, and run the lints; `fed` has the sizes of the data."""
    for phase in spec.each_phase:
        with guarded("`training`", value_span(spec.document, "training", spec.span), findings):
            check_losses(phase, fed, findings)
        check_optimizer(phase, analysis, findings)
    if any(weight.dtype == "int8" for weight in analysis.weights or ()):
        from modelspec.analysis import check_quantized_training

        check_quantized_training(spec, findings)
    if spec.training is not None and spec.training.calibration is not None:
        from modelspec.analysis import check_calibration

        check_calibration(spec, analysis, findings)
    if spec.training is not None and spec.training.threshold is not None:
        from .thresholds import check_thresholds

        check_thresholds(spec, analysis, findings)
    if spec.expect is not None and spec.expect.metrics:
        from modelspec.runs import expectable_measures

        check_expected_metrics(spec, analysis, expectable_measures(spec, analysis), findings)
    if spec.expect is not None and spec.expect.sliced:
        from .slices import check_slices

        check_slices(spec, analysis, findings)
    if not (findings.has_errors or findings.errors_only):  # lints advise on models without errors
        for phase in spec.each_phase:
            run_lints(phase, analysis, findings, whole=spec)
    for phase in spec.each_phase:
        check_freeze(phase, analysis, findings)
    if spec.training is not None and spec.training.phases and not findings.has_errors:
        from modelspec.analysis.memory import state_needs

        state_needs(spec, analysis, findings)


def _at_sizes_of_data(
    data: DataSpec,
    inputs: FedInputs,
    analysis: Analysis,
    policy: Policy | None,
    findings: Findings,
) -> Analysis:
    """The analysis at the sizes that `data` makes known, where inputs leave some open."""
    from modelspec.analysis.data import known_shapes
    from modelspec.analysis.sizes import analyze_given

    return analyze_given(analysis, policy, known_shapes(data, inputs), findings)
