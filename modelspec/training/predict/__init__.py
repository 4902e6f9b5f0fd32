"""Predictions of a complete run: computed, decoded, written to files."""

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .keras_predictor import KerasPredictor
    from .output_columns import DEFAULT_THRESHOLD, PredictionOptions, class_names, probabilities
    from .predict import predict_into, predict_run
else:
    __getattr__ = lazy_names(
        __name__,
        {
            "keras_predictor": "KerasPredictor",
            "output_columns": "DEFAULT_THRESHOLD PredictionOptions class_names probabilities",
            "predict": "predict_into predict_run",
        },
    )
