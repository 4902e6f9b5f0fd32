"""What a run is worth: measures of predictions that are kept, without the model."""

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .baselines import ConstantBaseline, baseline_of, constants_of
    from .calibration import (
        Calibration,
        ReliabilityBin,
        all_calibrations,
        has_probabilities,
        measure_calibration,
    )
    from .class_scores import (
        ClassScore,
        confusions_of,
        count_confusions,
        mean_of_scores,
        score_of,
        scores_of_classes,
        scores_of_confusions,
        why_no_matrix,
    )
    from .confusions import (
        Confusion,
        Counted,
        MaskExample,
        read_confusions,
        save_confusions,
    )
    from .curves import (
        ChosenThreshold,
        ClassCurves,
        OutputCurves,
        all_curves,
        choose_threshold,
        curves_of,
        draw_curves,
    )
    from .importance import Importance, Importances, OutputScore, Shuffling, importances_of
    from .intervals import Interval, RowUnits, intervals_of, units_of, wilson
    from .measured_values import VALUES, measure_named, measures_of_split
    from .measures import Measure, measures_of, points
    from .mistakes import Mistake, Mistakes, mistakes_of
    from .predictions import (
        NOT_COUNTED,
        Array,
        OutputPredictions,
        SplitPredictions,
        joined_outputs,
        joined_predictions,
    )
    from .reliability_drawing import draw_reliability
    from .residuals import ResidualPart, Residuals, residuals_of
    from .saved import SplitOrigin, read_split, save_split
    from .slices import Slice, Slices, slices_of, slices_outside
    from .temperature import FittedTemperature, NoTemperature, fit_temperature
else:
    __getattr__ = lazy_names(
        __name__,
        {
            "baselines": "ConstantBaseline baseline_of constants_of",
            "calibration": "Calibration ReliabilityBin all_calibrations has_probabilities "
            "measure_calibration",
            "class_scores": "ClassScore confusions_of count_confusions "
            "mean_of_scores score_of scores_of_classes scores_of_confusions "
            "why_no_matrix",
            "confusions": "Confusion Counted MaskExample read_confusions save_confusions",
            "curves": "ChosenThreshold ClassCurves OutputCurves all_curves choose_threshold "
            "curves_of draw_curves",
            "importance": "Importance Importances OutputScore Shuffling importances_of",
            "intervals": "Interval RowUnits intervals_of units_of wilson",
            "measured_values": "VALUES measure_named measures_of_split",
            "measures": "Measure measures_of points",
            "mistakes": "Mistake Mistakes mistakes_of",
            "predictions": "NOT_COUNTED Array OutputPredictions SplitPredictions "
            "joined_outputs joined_predictions",
            "reliability_drawing": "draw_reliability",
            "residuals": "ResidualPart Residuals residuals_of",
            "slices": "Slice Slices slices_of slices_outside",
            "temperature": "FittedTemperature NoTemperature fit_temperature",
            "saved": "SplitOrigin read_split save_split",
        },
    )
