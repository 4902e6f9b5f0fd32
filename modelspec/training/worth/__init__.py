"""What a run is worth beside its metrics: measured on the predictions that are kept."""

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .after_training import EndMeasures, slices_missed_by_all
    from .expected_slices import WorthFacts, missed_slices, not_measured
    from .importance import importance_of_run
    from .run_worth import (
        run_facts,
        worth_facts_of,
        worth_of_measured,
        worth_of_run,
        write_importance,
    )
    from .worth import OutputWorth, WorthOptions, worth_of
else:
    __getattr__ = lazy_names(
        __name__,
        {
            "after_training": "EndMeasures slices_missed_by_all",
            "expected_slices": "WorthFacts missed_slices not_measured",
            "importance": "importance_of_run",
            "run_worth": "run_facts worth_facts_of worth_of_measured worth_of_run write_importance",
            "worth": "OutputWorth WorthOptions worth_of",
        },
    )
