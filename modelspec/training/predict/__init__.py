"""Predictions of a complete run: computed, decoded, written to files."""

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .keras_predictor import KerasPredictor
    from .out_of_fold import join_fold_predictions, write_fold_predictions
    from .output_columns import (
        DEFAULT_THRESHOLD,
        THRESHOLD_KINDS,
        PredictionOptions,
        by_step,
        check_threshold,
        class_names,
        is_image,
        outputs_of_horizon,
        probabilities,
        quantile_suffix,
        threshold_of,
    )
    from .predict import NoiseRows, predict_into, predict_run, refuse_draws
    from .split_predictions import RunSplit, chunk_size
    from .window_lines import lines_of_windows, places_of_lines, rows_of_lines
else:
    __getattr__ = lazy_names(
        __name__,
        {
            "keras_predictor": "KerasPredictor",
            "out_of_fold": "join_fold_predictions write_fold_predictions",
            "output_columns": "DEFAULT_THRESHOLD THRESHOLD_KINDS PredictionOptions "
            "by_step check_threshold class_names is_image outputs_of_horizon probabilities "
            "quantile_suffix threshold_of",
            "predict": "NoiseRows predict_into predict_run refuse_draws",
            "split_predictions": "RunSplit chunk_size",
            "window_lines": "lines_of_windows places_of_lines rows_of_lines",
        },
    )
