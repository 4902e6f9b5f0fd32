"""The sections of what a run predicts for the rows of a split; None for nothing to say."""

from .calibration import calibration_section
from .classes import classes_section
from .curves import curves_section, mean_roc, roc_chart
from .errors import errors_section
from .examples import chosen_rows, examples_section
from .importance import importance_section
from .intervals import intervals_section
from .masks import class_colours
from .slices import slices_section
