"""What is wrong, and where: one finding type for every stage and every format."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

from .finding import Finding, Reason, Related, RelatedKind, Severity, Span
from .findings import Findings
from .problems import (
    FAULTY,
    MISSED,
    CannotRunError,
    ModelspecError,
    SpecError,
    UsageError,
    exit_code_of,
    first_line,
)
from .silence import Ignore, silence, silent
from .suggest import did_you_mean, few_searches, listed, nearest

if TYPE_CHECKING:
    from .codes import CODES

__all__ = [
    "CODES",
    "FAULTY",
    "MISSED",
    "CannotRunError",
    "Finding",
    "Findings",
    "Ignore",
    "ModelspecError",
    "Reason",
    "Related",
    "RelatedKind",
    "Severity",
    "Span",
    "SpecError",
    "UsageError",
    "did_you_mean",
    "exit_code_of",
    "few_searches",
    "first_line",
    "listed",
    "nearest",
    "silence",
    "silent",
]

if not TYPE_CHECKING:  # a type checker is to know the names
    __getattr__ = lazy_names(
        __name__,
        {
            "CODES": "codes",
        },
    )
