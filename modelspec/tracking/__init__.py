"""Telling MLflow of trainings and studies, without Keras."""

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .client import TIMEOUTS, CannotReportError, open_client
    from .model_folder import ModelColumn, write_model_folder
    from .run import MlflowRun, NewRun, param_name
    from .trials import TrackedTrial, find_tracked_trial
else:
    __getattr__ = lazy_names(
        __name__,
        {
            "client": "TIMEOUTS CannotReportError open_client",
            "model_folder": "ModelColumn write_model_folder",
            "run": "MlflowRun NewRun param_name",
            "trials": "TrackedTrial find_tracked_trial",
        },
    )
