"""Whether an exported file predicts what the Keras model predicts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .check import Check, check_export, keras_outputs, plain_inputs, run_request
    from .comparison import compare
    from .isolated import RunRequest, predict_in_batches, run_isolated, serve_request
    from .samples import Samples, arrays_by_input, samples_of, training_samples

__all__ = [
    "Check",
    "RunRequest",
    "Samples",
    "arrays_by_input",
    "check_export",
    "compare",
    "keras_outputs",
    "plain_inputs",
    "predict_in_batches",
    "run_isolated",
    "run_request",
    "samples_of",
    "serve_request",
    "training_samples",
]

if not TYPE_CHECKING:  # a type checker is to know the names
    __getattr__ = lazy_names(
        __name__,
        {
            "Check": "check",
            "check_export": "check",
            "keras_outputs": "check",
            "plain_inputs": "check",
            "run_request": "check",
            "compare": "comparison",
            "RunRequest": "isolated",
            "predict_in_batches": "isolated",
            "run_isolated": "isolated",
            "serve_request": "isolated",
            "Samples": "samples",
            "arrays_by_input": "samples",
            "samples_of": "samples",
            "training_samples": "samples",
        },
    )
