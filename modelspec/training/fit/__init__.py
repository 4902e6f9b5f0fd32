"""The fit loop: steps, callbacks and progress."""

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .evaluator import Evaluator
    from .loop import FitPlan, Loop, LoopEnd
    from .progress import RESUMED, Event, EventKind, LogProgress, Progress, progress_on
    from .run_callback import RunCallback
    from .scheduled_rate import ScheduledRate
else:
    __getattr__ = lazy_names(
        __name__,
        {
            "evaluator": "Evaluator",
            "loop": "FitPlan Loop LoopEnd",
            "progress": "RESUMED Event EventKind LogProgress Progress progress_on",
            "run_callback": "RunCallback",
            "scheduled_rate": "ScheduledRate",
        },
    )
