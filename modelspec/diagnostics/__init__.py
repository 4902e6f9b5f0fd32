"""What is wrong, and where: one finding type for every stage and every format."""

from .finding import Finding, Related, Severity, Span
from .findings import Findings
from .problems import CannotRunError, ModelspecError, SpecError, UsageError
from .silence import Ignore, silence, silent
from .suggest import did_you_mean, listed, nearest

__all__ = [
    "CannotRunError",
    "Finding",
    "Findings",
    "Ignore",
    "ModelspecError",
    "Related",
    "Severity",
    "Span",
    "SpecError",
    "UsageError",
    "did_you_mean",
    "listed",
    "nearest",
    "silence",
    "silent",
]
