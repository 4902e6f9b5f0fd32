"""Training a model on data into a run folder; evaluating and predicting with the run."""

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .checkpoint import NothingLeftError
    from .data_record import parse_data_record, relative_path
    from .run import MissedError, MissedExpectation, Run, missed_expectations
    from .run_group import (
        GroupPlan,
        Member,
        RunGroup,
        load_complete_member,
        plan_of,
        train_group,
        unfinished_members,
    )
    from .run_splits import load_run_data
    from .smoke import step_on_data, try_synthetic_step
    from .stop_signals import InterruptedRunError
    from .train import TrainingOptions, set_seed, train_spec
    from .trained_run import (
        TrainedRun,
        compile_trained_spec,
        load_model,
        new_data_preprocessing,
        open_without_model,
        reopen,
        reopen_members,
    )
else:
    __getattr__ = lazy_names(
        __name__,
        {
            "checkpoint": "NothingLeftError",
            "data_record": "parse_data_record relative_path",
            "run_group": "Member GroupPlan RunGroup load_complete_member plan_of train_group "
            "unfinished_members",
            "run": "MissedError MissedExpectation Run missed_expectations",
            "run_splits": "load_run_data",
            "smoke": "step_on_data try_synthetic_step",
            "stop_signals": "InterruptedRunError",
            "train": "TrainingOptions set_seed train_spec",
            "trained_run": "TrainedRun compile_trained_spec load_model new_data_preprocessing "
            "open_without_model reopen reopen_members",
        },
    )
