"""The fit loop: steps, callbacks and progress."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .history_picture import draw
    from .loop import Course, Loop
    from .progress import BEGIN, END, RESUME, WARNING, Event, LogProgress, Progress, progress_on
    from .run_callback import RunCallback
    from .steps import Evaluator

__all__ = [
    "BEGIN",
    "END",
    "RESUME",
    "WARNING",
    "Course",
    "Evaluator",
    "Event",
    "LogProgress",
    "Loop",
    "Progress",
    "RunCallback",
    "draw",
    "progress_on",
]

if not TYPE_CHECKING:  # a type checker is to know the names
    __getattr__ = lazy_names(
        __name__,
        {
            "draw": "history_picture",
            "Course": "loop",
            "Loop": "loop",
            "BEGIN": "progress",
            "END": "progress",
            "Event": "progress",
            "LogProgress": "progress",
            "Progress": "progress",
            "RESUME": "progress",
            "WARNING": "progress",
            "progress_on": "progress",
            "RunCallback": "run_callback",
            "Evaluator": "steps",
        },
    )
