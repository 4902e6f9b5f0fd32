"""The model that is fitted, which may be another one than the model that is saved."""

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .code_place import CodePlace, place_in_module
    from .fitted_model import model_to_fit
    from .own_steps import LogSpecs, StepLogsError, has_own_steps, trace_step
    from .state_parts import (
        StateParts,
        changed_by_measuring,
        own_variables,
        state_variables,
        values_of,
    )
else:
    __getattr__ = lazy_names(
        __name__,
        {
            "code_place": "CodePlace place_in_module",
            "fitted_model": "model_to_fit",
            "own_steps": "LogSpecs StepLogsError has_own_steps trace_step",
            "state_parts": "StateParts changed_by_measuring own_variables state_variables "
            "values_of",
        },
    )
