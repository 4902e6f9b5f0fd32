"""Which metrics of Keras are measured row by row, from predictions that are kept."""

from __future__ import annotations

from collections.abc import Mapping

from .output_kinds import OutputKind

ROW_MEASURES: Mapping[OutputKind, Mapping[str, str]] = {
    OutputKind.CLASSES: {
        "Accuracy": "accuracy",
        "CategoricalAccuracy": "accuracy",
        "SparseCategoricalAccuracy": "accuracy",
        "CategoricalCrossentropy": "nll",
        "SparseCategoricalCrossentropy": "nll",
    },
    OutputKind.BINARY: {
        "Accuracy": "accuracy",
        "BinaryAccuracy": "accuracy",
        "BinaryCrossentropy": "nll",
        "Precision": "precision",
        "Recall": "recall",
    },
    OutputKind.LABELS: {
        "Accuracy": "binary_accuracy",
        "BinaryAccuracy": "binary_accuracy",
        "BinaryCrossentropy": "nll",
    },
    OutputKind.NUMBERS: {
        "MeanAbsoluteError": "mae",
        "MeanSquaredError": "mse",
        "RootMeanSquaredError": "rmse",
        "R2Score": "r2",
    },
}
"""Kind of an output and class of a metric of Keras to the measure that it has the value of.
`Accuracy` is what `accuracy` in a spec means, for which Keras chooses by the output."""


SLICED_METRICS = frozenset(name for names in ROW_MEASURES.values() for name in names)
"""All metrics that have a value for each part of the rows, whatever the kind of the output."""
