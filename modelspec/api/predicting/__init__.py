"""Evaluate runs, predict with them, and read the predictions that they keep."""

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .loading import load
    from .run_measures import RunMeasures, importance, measure
    from .run_model import evaluate, evaluate_in_detail, predict
    from .saved_predictions import confusions_of, predictions_of
else:
    __getattr__ = lazy_names(
        __name__,
        {
            "saved_predictions": "confusions_of predictions_of",
            "loading": "load",
            "run_model": "evaluate evaluate_in_detail predict",
            "run_measures": "RunMeasures importance measure",
        },
    )
