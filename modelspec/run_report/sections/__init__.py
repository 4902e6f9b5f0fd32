"""The sections of a report: each makes its part of the page from what is known of a run."""

from .calibration import calibration_section
from .classes import classes_section
from .comparison import comparison_sections
from .curves import curves_section
from .data_profile import data_section
from .errors import errors_section
from .examples import chosen_rows, examples_section
from .exports import exports_section
from .heading import run_heading
from .importance import importance_section
from .measured import intervals_section
from .metrics import metrics_section
from .model import model_section
from .origin import origin_section
from .slices import slices_section
from .training import training_section
