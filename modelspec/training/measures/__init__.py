"""Measures of a run beside its metrics, from its saved predictions."""

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .after_training import FinalMeasures, slices_missed_by_all
    from .expected_slices import MeasureContext, missed_slices, not_measured
    from .importance import importance_of_run
    from .output_measures import MeasureOptions, OutputMeasures, measure_outputs
    from .run_measures import (
        facts_of_open_run,
        measure_predictions,
        measure_run,
        run_facts,
        write_importance,
    )
else:
    __getattr__ = lazy_names(
        __name__,
        {
            "after_training": "FinalMeasures slices_missed_by_all",
            "expected_slices": "MeasureContext missed_slices not_measured",
            "importance": "importance_of_run",
            "run_measures": "run_facts facts_of_open_run measure_predictions measure_run "
            "write_importance",
            "output_measures": "OutputMeasures MeasureOptions measure_outputs",
        },
    )
