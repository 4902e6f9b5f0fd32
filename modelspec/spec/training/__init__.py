"""The typed form of the `training` section."""

from .monitors import large_is_good
from .training import (
    Checkpoint,
    ClassWeight,
    Mlflow,
    PerOutput,
    TrainingSpec,
    is_object,
    parse_training,
)

__all__ = [
    "Checkpoint",
    "ClassWeight",
    "Mlflow",
    "PerOutput",
    "TrainingSpec",
    "is_object",
    "large_is_good",
    "parse_training",
]
