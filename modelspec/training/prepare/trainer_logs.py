"""What the steps of a `trainer` log: they are traced, before a run folder is made.

Imports TensorFlow: import this module only where TensorFlow is loaded already.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.diagnostics import Findings
from modelspec.training.fitted import trace_step

if TYPE_CHECKING:
    from .prepare import PreparedTraining


def trace_trainer(prepared: PreparedTraining, findings: Findings) -> list[str]:
    """The names that the steps of a trainer log, those of the training first.

    Args:
        prepared: with a trainer, and all else that its steps need.
        findings: takes the step that fails.
    """
    fitted, evaluator, names = prepared.fitted, prepared.evaluator, dict[str, None]()
    feeds = [(fitted.train_step, prepared.training_feed())]
    measured = (prepared.data.validation, prepared.data.test)
    feeds += [(fitted.test_step, evaluator.feed(one)) for one in measured if one is not None][:1]
    for step, feed in feeds:
        try:
            names |= dict.fromkeys(trace_step(step, feed))
        except Exception as error:  # the step may raise anything
            prepared.failure_locator.report(error, feed.in_order(), findings)
            return []
    return list(names)
