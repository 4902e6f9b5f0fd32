"""What is wrong, and where: one finding type for every stage and every format."""

from .finding import Finding, Related, Severity, Span
from .findings import Findings
from .problems import CannotRunError, ModelspecError, SpecError, UsageError
from .suggest import did_you_mean, listed, nearest

__all__ = [
    "CannotRunError",
    "Finding",
    "Findings",
    "ModelspecError",
    "Related",
    "Severity",
    "Span",
    "SpecError",
    "UsageError",
    "did_you_mean",
    "listed",
    "nearest",
]
