"""What a run is worth: measures of predictions that are kept, without the model."""

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .predictions import NOT_COUNTED, OutputPredictions, SplitPredictions
else:
    __getattr__ = lazy_names(
        __name__,
        {"predictions": "NOT_COUNTED OutputPredictions SplitPredictions"},
    )
