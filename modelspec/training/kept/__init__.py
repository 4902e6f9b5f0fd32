"""The predictions of splits that a run's folder keeps, from the model to the file."""

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .at_end import EndPredictions, expected_measures
    from .collector import RowsToKeep, SplitCollector, columns_of_rows, why_not_kept
    from .confusions import (
        ConfusionCounter,
        count_kept_confusions,
        keep_confusions,
        kept_confusions,
        predict_chunk,
    )
    from .keeping import (
        ignored_classes,
        keep_split,
        kept_split,
        others_of,
        predict_kept_split,
        refuse_unknown_columns,
        with_columns,
    )
    from .measured import KeptPredictions
    from .thresholds import Thresholds, choose_thresholds
else:
    __getattr__ = lazy_names(
        __name__,
        {
            "at_end": "EndPredictions expected_measures",
            "collector": "RowsToKeep SplitCollector columns_of_rows why_not_kept",
            "confusions": "ConfusionCounter count_kept_confusions keep_confusions "
            "kept_confusions predict_chunk",
            "keeping": "ignored_classes keep_split kept_split others_of predict_kept_split "
            "refuse_unknown_columns with_columns",
            "measured": "KeptPredictions",
            "thresholds": "Thresholds choose_thresholds",
        },
    )
