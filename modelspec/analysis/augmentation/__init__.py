"""What `data.augment` changes, against the model's inputs, its targets and Keras's layers."""

from .checks import check_augment
from .images import (
    IMAGE,
    MASK,
    VALUES,
    follow_kind,
    image_target,
    maps_affinely,
    mixes,
    moves,
)
