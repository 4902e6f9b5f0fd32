"""The sections of a report: each makes its part of the page from what is known of a run."""

from .classes import classes_section
from .comparison import comparison_sections
from .data_profile import data_section
from .examples import examples_section
from .exports import exports_section
from .heading import run_heading
from .metrics import metrics_section
from .model import model_section
from .origin import origin_section
from .training import training_section
