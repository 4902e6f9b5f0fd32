"""The fit loop: steps, callbacks and progress."""

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .chief import (
        SilentProgress,
        UnwrittenFolder,
        decided_by_chief,
        done_by_chief,
        is_chief,
        own_callbacks,
        refuse_lost_workers,
    )
    from .evaluator import Evaluator
    from .loop import FitPlan, Loop, LoopEnd, needs_every_step
    from .progress import RESUMED, Event, EventKind, LogProgress, Progress, progress_on
    from .run_callback import RunCallback
    from .scheduled_rate import ScheduledRate
else:
    __getattr__ = lazy_names(
        __name__,
        {
            "chief": "SilentProgress UnwrittenFolder decided_by_chief done_by_chief is_chief "
            "own_callbacks refuse_lost_workers",
            "evaluator": "Evaluator",
            "loop": "FitPlan Loop LoopEnd needs_every_step",
            "progress": "RESUMED Event EventKind LogProgress Progress progress_on",
            "run_callback": "RunCallback",
            "scheduled_rate": "ScheduledRate",
        },
    )
