"""What is wrong, and where: one finding type for every stage and every format."""

from .finding import Finding, Related, Severity, Span
from .findings import Findings
from .problems import (
    EXPECTATION_MISSED,
    FAULTY,
    MISSED,
    CannotRunError,
    ModelspecError,
    SpecError,
    UsageError,
    exit_code_of,
)
from .silence import Ignore, silence, silent
from .suggest import did_you_mean, few_searches, listed, nearest

__all__ = [
    "EXPECTATION_MISSED",
    "FAULTY",
    "MISSED",
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
    "exit_code_of",
    "few_searches",
    "listed",
    "nearest",
    "silence",
    "silent",
]
