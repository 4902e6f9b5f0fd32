"""The `data` section against the inputs and outputs of a model."""

from .media import CHANNELS, check_input, check_media, media_shape
from .names import match_inputs, match_targets
from .targets import (
    Goal,
    alike,
    check_class_labels,
    check_goal,
    most,
    out_of_range,
    takes_class_numbers,
)

__all__ = [
    "CHANNELS",
    "Goal",
    "alike",
    "check_class_labels",
    "check_goal",
    "check_input",
    "check_media",
    "match_inputs",
    "match_targets",
    "media_shape",
    "most",
    "out_of_range",
    "takes_class_numbers",
]
