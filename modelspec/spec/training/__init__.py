"""The typed form of the `training` section."""

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

from .parse import changeable_parts, is_object, parse_training, refuse_seeds_of_folds
from .training import (
    MIRRORED,
    MULTI_WORKER,
    Checkpoint,
    ClassWeight,
    Distribution,
    GraphLoss,
    Mlflow,
    PerOutput,
    TrainingSpec,
)

if TYPE_CHECKING:
    from .directions import large_is_good, small_is_good
    from .threshold import ThresholdGoal
else:
    __getattr__ = lazy_names(
        __name__,
        {"directions": "large_is_good small_is_good", "threshold": "ThresholdGoal"},
    )

__all__ = [
    "MIRRORED",
    "MULTI_WORKER",
    "Checkpoint",
    "ClassWeight",
    "Distribution",
    "GraphLoss",
    "Mlflow",
    "PerOutput",
    "ThresholdGoal",
    "TrainingSpec",
    "changeable_parts",
    "is_object",
    "large_is_good",
    "parse_training",
    "refuse_seeds_of_folds",
    "small_is_good",
]
