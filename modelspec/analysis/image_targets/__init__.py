"""Targets that are images: masks of classes, and images as numbers."""

from .checks import check_image_options, check_image_sizes, check_sizes_known
from .shapes import (
    CHANNELS,
    DIVIDE,
    IGNORE,
    IGNORED_CLASS,
    LARGEST_PIXEL,
    divisor,
    ignored_pixels,
    image_target_shape,
    is_image_target,
    output_shapes,
)
