"""Reporting a training to MLflow. Imports Keras."""

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .callback import MlflowCallback, training_settings
    from .model import write_model
else:
    __getattr__ = lazy_names(
        __name__,
        {"callback": "MlflowCallback training_settings", "model": "write_model"},
    )
