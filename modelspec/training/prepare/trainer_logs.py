"""What the steps of a `trainer` log: they are traced, before a run folder is made.

Imports TensorFlow: import this module only where TensorFlow is loaded already.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from modelspec.data.feed import Feed
from modelspec.diagnostics import Findings
from modelspec.training.fitted import trace_step

if TYPE_CHECKING:
    from .prepare import PreparedTraining


class TracedLogs(NamedTuple):
    """The names that the steps log, in order: those of training, and those of measuring."""

    trained: list[str]
    measured: list[str]


def trace_trainer(prepared: PreparedTraining, findings: Findings) -> TracedLogs:
    """Trace the steps of a trainer.

    Args:
        prepared: with a trainer, and all else that its steps need.
        findings: takes the step that fails, and what `training` has that no step uses.
    """
    fitted, evaluator, data = prepared.fitted, prepared.evaluator, prepared.data
    trained = _names(fitted.train_step, prepared.training_feed(), prepared, findings)
    if findings.has_errors:
        return TracedLogs(trained, [])
    _check_used(prepared, findings)
    split = data.test if data.validation is None else data.validation
    if split is None:
        return TracedLogs(trained, [])
    return TracedLogs(trained, _names(fitted.test_step, evaluator.feed(split), prepared, findings))


def _names(
    step: Callable[[Any], Any], feed: Feed, prepared: PreparedTraining, findings: Findings
) -> list[str]:
    try:
        return list(trace_step(step, feed))
    except Exception as error:  # the step may raise anything
        name = "test_step" if step == prepared.fitted.test_step else "train_step"
        prepared.failure_locator.report(error, feed.in_order(), findings, name)
        return []


def _check_used(prepared: PreparedTraining, findings: Findings) -> None:
    """Find what is compiled into the model for nothing."""
    fitted, training = prepared.fitted, prepared.training
    assert training.trainer is not None
    name = training.trainer.class_name
    metrics = training.metrics or training.weighted_metrics
    if metrics is not None and not _has_results(fitted):
        message = f"`train_step` of `{name}` measures no `metrics`"
        hint = "call self.compute_metrics(x, y, y_pred, sample_weight) in it, or remove `metrics`"
        findings.error(metrics.span, "unused-by-trainer", message, hint=hint)
    if not fitted.optimizer.built:
        message = f"`train_step` of `{name}` does not use `optimizer`"
        hint = "call self.optimizer.apply_gradients(…) in it"
        findings.warning(training.optimizer.span, "unused-by-trainer", message, hint=hint)


def _has_results(fitted: Any) -> bool:
    """Whether the metrics of `compile` were updated, without which Keras has no results."""
    try:
        fitted.get_metrics_result()
    except ValueError:
        return False
    return True
