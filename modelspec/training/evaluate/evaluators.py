"""What measures examples with the loss and the metrics of a run: here, and in other processes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from modelspec.analysis.losses import logged_values
from modelspec.building import extension_scope
from modelspec.data.examples import Examples
from modelspec.diagnostics import Findings
from modelspec.spec.extensions import refuse_extensions
from modelspec.spec.phases import TRIED, with_job_values
from modelspec.training.fitted import model_to_fit
from modelspec.training.prepare import (
    Output,
    check_targets,
    compile_model,
    match_outputs,
    output_shapes,
)
from modelspec.training.trained_run import TrainedRun

from .discriminators import load_discriminator
from .thresholds import at_threshold

if TYPE_CHECKING:
    from modelspec.training.fit import Evaluator


def make_evaluator(
    trained: TrainedRun, examples: Examples, threshold: float | None, findings: Findings
) -> tuple[Evaluator | None, tuple[str, ...]]:
    """Check the targets and compile the model, with its metrics at a threshold if one is given.

    Args:
        trained: the run.
        examples: that are measured.
        threshold: of the metrics, as in `EvaluationOptions`.
        findings: takes what does not fit.

    Returns:
        What measures, or None with findings if something does not fit; and what has to be known
        of metrics at other thresholds, as sentences.
    """
    training, data_spec = trained.spec.training, trained.spec.data
    assert training is not None and data_spec is not None
    if refuse_extensions(trained.spec, training, findings):
        return None, ()
    outputs = match_outputs(training, output_shapes(trained.model, trained.graph), findings)
    if outputs is None:
        return None, ()
    for output in outputs:
        labels = trained.data_record.learned.labels.get(output.name)
        check_targets(output, examples, labels, trained.graph, findings)
    if findings.has_errors:
        return None, ()
    outputs, notes = at_threshold(outputs, trained.data_record.outputs, threshold)
    evaluator = _compiled(trained, outputs, examples.step_weighted, findings)
    if training.trainer is not None and not findings.has_errors:
        from .own_weights import load_own_weights

        with extension_scope(trained.spec):
            load_own_weights(trained, evaluator, examples, findings)
    return evaluator, notes


def _compiled(
    trained: TrainedRun,
    outputs: Sequence[Output],
    step_weighted: Sequence[str],
    findings: Findings,
) -> Evaluator:
    """What measures, with the loss and metrics of some outputs.

    Args:
        trained: the run.
        outputs: with their losses and metrics.
        step_weighted: those that have a weight for each step.
        findings: takes what Keras refuses.
    """
    from modelspec.training.fit import Evaluator

    training, data_spec = trained.spec.training, trained.spec.data
    assert training is not None and data_spec is not None
    with extension_scope(trained.spec):
        training = with_job_values(training, TRIED, findings)  # nothing is trained here
        fitted = model_to_fit(trained.model, trained.graph, training, findings)
        if training.gan is not None and not findings.has_errors:
            load_discriminator(fitted, trained)
        structure = trained.structure
        compile_model(fitted, training, outputs, structure, findings, step_weighted=step_weighted)
    log_names = list(logged_values(outputs, trained.graph.losses))
    batch_size, steps_at_once = data_spec.batch_size, training.steps_per_execution
    return Evaluator(fitted, structure, log_names, batch_size, steps_at_once)


def evaluator_of_worker(
    trained: TrainedRun, threshold: float | None, step_weighted: Sequence[str]
) -> Evaluator:
    """What another process measures batches of a split with, of which all has been checked.

    Args:
        trained: the run.
        threshold: of the metrics, as in `EvaluationOptions`.
        step_weighted: the outputs that have a weight for each step.
    """
    trained, findings = trained.for_measuring(), Findings()
    training = trained.spec.training
    assert training is not None
    outputs = match_outputs(training, output_shapes(trained.model, trained.graph), findings)
    assert outputs is not None
    outputs, _ = at_threshold(outputs, trained.data_record.outputs, threshold)
    return _compiled(trained, outputs, step_weighted, findings)
