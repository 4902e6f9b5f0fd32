"""Who divides the batches of a training: one device, several, or several processes.

A step is a function of the whole batch here, whoever computes it. Each replica runs the model on
its own rows; what it predicts is brought together, and loss, gradients and metrics are those of the
whole batch. So a training with N replicas ends with the weights that one device gives.

The variables are ordinary ones, one copy a process: the optimizer, metrics and checkpoints know
of no replicas, and nothing needs to be made in a scope.
"""

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .agreement import gather_numbers, spread_variables
    from .divided_step import DividedStep, step_of
    from .engines import ENGINES, Engine, engine_of, present_engine
    from .machine import meeting_of
    from .undivided import check_divisible
else:
    __getattr__ = lazy_names(
        __name__,
        {
            "agreement": "gather_numbers spread_variables",
            "divided_step": "DividedStep step_of",
            "engines": "ENGINES Engine engine_of present_engine",
            "machine": "meeting_of",
            "undivided": "check_divisible",
        },
    )
