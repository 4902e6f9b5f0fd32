"""The sections of a report: each makes its part of the page from what is known of a run."""

from .comparison import comparison_sections
from .data_profile import data_section
from .exports import exports_section
from .heading import run_heading
from .metrics import metrics_section
from .model import model_section
from .origin import origin_section
from .predicted import (
    calibration_section,
    chosen_rows,
    class_colours,
    classes_section,
    curves_section,
    errors_section,
    examples_section,
    importance_section,
    intervals_section,
    slices_section,
)
from .training import training_section
