"""Types of the arguments of image preprocessing and augmentation layers."""

from __future__ import annotations

from .table import Table

NAMES = {
    "value_range": "number_pair",
    "bounding_box_format": "bounding_box_format_or_null",
    "factor": "unit_factor",
    "height": "positive_integer",
    "width": "positive_integer",
    "interpolation": "image_interpolation",
    "fill_mode": "fill_mode",
    "fill_value": "number",
}

PLACES = {
    ("AugMix", "num_chains"): "positive_integer",
    ("AugMix", "chain_depth"): "positive_integer",
    ("AugMix", "alpha"): "positive_number",
    ("AugMix", "all_ops"): "boolean",
    ("ContrastLimitedAdaptiveHistogramEqualization", "clip_limit"): "number",
    ("ContrastLimitedAdaptiveHistogramEqualization", "tile_grid_size"): "tile_grid",
    ("Equalization", "bins"): "positive_integer",
    ("MaxNumBoundingBoxes", "max_number"): "positive_integer",
    ("MaxNumBoundingBoxes", "fill_value"): "integer",
    ("MixUp", "alpha"): "positive_number",
    ("RandAugment", "num_ops"): "positive_integer",
    ("RandomBrightness", "factor"): "signed_factor",
    ("RandomColorDegeneration", "factor"): "signed_factor",
    ("RandomColorJitter", "brightness_factor"): "signed_factor_or_null",
    ("RandomColorJitter", "contrast_factor"): "unit_factor_or_null",
    ("RandomColorJitter", "saturation_factor"): "signed_factor_or_null",
    ("RandomColorJitter", "hue_factor"): "unit_factor_or_null",
    ("RandomElasticTransform", "scale"): "unit_factor",
    ("RandomElasticTransform", "fill_mode"): "fill_mode_with_mirror",
    ("RandomErasing", "scale"): "unit_factor",
    ("RandomErasing", "fill_value"): "erasing_fill_or_null",
    ("RandomFlip", "mode"): "flip_mode",
    ("RandomGaussianBlur", "kernel_size"): "odd_window",
    ("RandomGaussianBlur", "sigma"): "unit_factor",
    ("RandomGrayscale", "factor"): "fraction",
    ("RandomPerspective", "scale"): "fraction",
    ("RandomPosterization", "factor"): "bits_factor",
    ("RandomRotation", "factor"): "signed_factor",
    ("RandomSaturation", "factor"): "signed_factor",
    ("RandomShear", "x_factor"): "shear_factor",
    ("RandomShear", "y_factor"): "shear_factor",
    ("RandomTranslation", "height_factor"): "shift_factor",
    ("RandomTranslation", "width_factor"): "shift_factor",
    ("RandomZoom", "height_factor"): "zoom_factor",
    ("RandomZoom", "width_factor"): "zoom_factor_or_null",
    ("Resizing", "interpolation"): "resize_interpolation",
    ("Resizing", "fill_mode"): "resize_fill_mode",
    ("Resizing", "crop_to_aspect_ratio"): "boolean",
    ("Resizing", "pad_to_aspect_ratio"): "boolean",
    ("Resizing", "antialias"): "boolean",
    ("Solarization", "addition_factor"): "shear_factor",
    ("Solarization", "threshold_factor"): "shear_factor",
}

TABLE = Table(NAMES, PLACES)
