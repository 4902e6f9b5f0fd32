"""Types of the arguments of `keras.applications`."""

from __future__ import annotations

from .table import Table

TABLE = Table(
    {
        "name": "layer_name_or_null",
        "include_top": "boolean",
        "include_preprocessing": "boolean",
        "weights": "application_weights_or_null",
        "input_shape": "image_shape_or_null",
        "pooling": "application_pooling_or_null",
        "classes": "positive_integer",
        "classifier_activation": "activation",
        "alpha": "positive_number",
        "depth_multiplier": "positive_integer",
        "dropout": "fraction",
        "dropout_rate": "fraction",
        "minimalistic": "boolean",
        "outputs": "inner_tensors_or_null",
        "trainable": "boolean",
        "dtype": "dtype_policy",
    },
    {},
)
