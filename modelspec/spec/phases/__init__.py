"""What changes in the course of a training: phases, frozen layers, learning rates of layers."""

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

from .layer_patterns import (
    EXCEPTION,
    DecayExclusions,
    FreezePatterns,
    LayerPath,
    RateFactors,
    matches,
)

if TYPE_CHECKING:
    from .job_values import TRIED, JobText, job_texts, with_job_values
    from .parse import with_phases
    from .schedules import RateError, RateSchedule, check_rate, check_rates, parse_schedule
else:
    __getattr__ = lazy_names(
        __name__,
        {
            "job_values": "TRIED JobText job_texts with_job_values",
            "parse": "with_phases",
            "schedules": "RateError RateSchedule check_rate check_rates parse_schedule",
        },
    )

__all__ = [
    "EXCEPTION",
    "TRIED",
    "DecayExclusions",
    "FreezePatterns",
    "JobText",
    "LayerPath",
    "RateError",
    "RateFactors",
    "RateSchedule",
    "check_rate",
    "check_rates",
    "job_texts",
    "matches",
    "parse_schedule",
    "with_job_values",
    "with_phases",
]
