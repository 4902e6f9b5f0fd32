"""What commands share: options, and where their output goes."""

from .options import extensions_option, one_model, set_option, spec_argument, threshold_option
from .output import print_findings, say
