"""Predictions of a finished run: computed, decoded, written to files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .predict import predict_into, predict_run
    from .predictions import HALF, PredictionOptions, class_names, probabilities
    from .responder import Responder

__all__ = [
    "HALF",
    "PredictionOptions",
    "Responder",
    "class_names",
    "predict_into",
    "predict_run",
    "probabilities",
]

if not TYPE_CHECKING:  # a type checker is to know the names
    __getattr__ = lazy_names(
        __name__,
        {
            "predict_into": "predict",
            "predict_run": "predict",
            "PredictionOptions": "predictions",
            "HALF": "predictions",
            "class_names": "predictions",
            "probabilities": "predictions",
            "Responder": "responder",
        },
    )
