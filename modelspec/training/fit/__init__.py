"""The fit loop: steps, callbacks and progress."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .evaluator import Evaluator
    from .loop import FitPlan, Loop
    from .progress import Event, EventKind, LogProgress, Progress, progress_on
    from .run_callback import RunCallback

__all__ = [
    "Evaluator",
    "Event",
    "EventKind",
    "FitPlan",
    "LogProgress",
    "Loop",
    "Progress",
    "RunCallback",
    "progress_on",
]

if not TYPE_CHECKING:  # a type checker is to know the names
    __getattr__ = lazy_names(
        __name__,
        {
            "Evaluator": "evaluator",
            "FitPlan": "loop",
            "Loop": "loop",
            "Event": "progress",
            "EventKind": "progress",
            "LogProgress": "progress",
            "Progress": "progress",
            "progress_on": "progress",
            "RunCallback": "run_callback",
        },
    )
