"""Predictions of a complete run: computed, decoded, written to files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .keras_predictor import KerasPredictor
    from .output_columns import DEFAULT_THRESHOLD, PredictionOptions, class_names, probabilities
    from .predict import predict_into, predict_run

__all__ = [
    "DEFAULT_THRESHOLD",
    "KerasPredictor",
    "PredictionOptions",
    "class_names",
    "predict_into",
    "predict_run",
    "probabilities",
]

if not TYPE_CHECKING:  # a type checker is to know the names
    __getattr__ = lazy_names(
        __name__,
        {
            "KerasPredictor": "keras_predictor",
            "DEFAULT_THRESHOLD": "output_columns",
            "PredictionOptions": "output_columns",
            "class_names": "output_columns",
            "probabilities": "output_columns",
            "predict_into": "predict",
            "predict_run": "predict",
        },
    )
