"""The `data` section against the inputs and outputs of a model."""

from .media import CHANNELS, check_input, check_media, media_shape
from .names import match_inputs, match_targets
