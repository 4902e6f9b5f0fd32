"""What `data.augment` changes, against the model's inputs, its targets and Keras's layers."""

from .checks import check_augment
from .images import (
    MASK,
    VALUES,
    augmented_inputs,
    follow_kind,
    image_target,
    mixes,
    moves,
)
