"""Whether an exported file predicts what the Keras model predicts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .check import Check, answers_of, check_export, plain_arrays, request, tolerance_of
    from .check_process import in_batches, read_arrays, write_arrays
    from .comparison import compare
    from .samples import Samples, arrays_of, plain_array, samples_of, training_samples
    from .subprocess_runner import ask

__all__ = [
    "Check",
    "Samples",
    "answers_of",
    "arrays_of",
    "ask",
    "check_export",
    "compare",
    "in_batches",
    "plain_array",
    "plain_arrays",
    "read_arrays",
    "request",
    "samples_of",
    "tolerance_of",
    "training_samples",
    "write_arrays",
]

if not TYPE_CHECKING:  # a type checker is to know the names
    __getattr__ = lazy_names(
        __name__,
        {
            "Check": "check",
            "answers_of": "check",
            "check_export": "check",
            "plain_arrays": "check",
            "request": "check",
            "tolerance_of": "check",
            "in_batches": "check_process",
            "read_arrays": "check_process",
            "write_arrays": "check_process",
            "compare": "comparison",
            "Samples": "samples",
            "arrays_of": "samples",
            "plain_array": "samples",
            "samples_of": "samples",
            "training_samples": "samples",
            "ask": "subprocess_runner",
        },
    )
