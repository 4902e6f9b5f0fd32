"""The typed form of the `training` section."""

from .training import (
    Checkpoint,
    ClassWeight,
    Mlflow,
    PerOutput,
    TrainingSpec,
    is_object,
    large_is_good,
    parse_training,
)
