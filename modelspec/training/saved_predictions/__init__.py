"""The predictions of splits that a run's folder keeps, from the model to the file."""

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .collector import RowsToSave, SplitCollector, columns_of_rows, why_not_saved
    from .confusions import (
        ConfusionCounter,
        count_and_write_confusions,
        current_confusions,
        predict_chunk,
        write_confusions,
    )
    from .final_predictions import FinalPredictions, expected_measures
    from .measured_predictions import MeasuredPredictions
    from .saving import (
        current_predictions,
        extra_columns,
        ignored_classes,
        load_predicted_split,
        predict_and_save,
        refuse_unknown_columns,
        save_predictions,
        with_columns,
    )
    from .thresholds import Thresholds, choose_thresholds
else:
    __getattr__ = lazy_names(
        __name__,
        {
            "final_predictions": "FinalPredictions expected_measures",
            "collector": "RowsToSave SplitCollector columns_of_rows why_not_saved",
            "confusions": "ConfusionCounter count_and_write_confusions write_confusions "
            "current_confusions predict_chunk",
            "saving": "ignored_classes save_predictions current_predictions extra_columns "
            "load_predicted_split predict_and_save refuse_unknown_columns with_columns",
            "measured_predictions": "MeasuredPredictions",
            "thresholds": "Thresholds choose_thresholds",
        },
    )
