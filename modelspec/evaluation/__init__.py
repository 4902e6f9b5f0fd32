"""What a run is worth: measures of predictions that are kept, without the model."""

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .calibration import Calibration, ReliabilityBin, has_probabilities, measure_calibration
    from .predictions import NOT_COUNTED, OutputPredictions, SplitPredictions
    from .temperature import FittedTemperature, NoTemperature, fit_temperature
else:
    __getattr__ = lazy_names(
        __name__,
        {
            "calibration": "Calibration ReliabilityBin has_probabilities measure_calibration",
            "predictions": "NOT_COUNTED OutputPredictions SplitPredictions",
            "temperature": "FittedTemperature NoTemperature fit_temperature",
        },
    )
