"""What is wrong, and where: one finding type for every stage and every format."""

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

from .finding import Finding, Fix, Reason, Related, RelatedKind, Severity, Span
from .findings import Findings, merge_repeats
from .printable import one_line, prepare_output, printable_lines
from .problems import (
    EXIT_ERRORS,
    EXIT_MISSED,
    CannotRunError,
    ConfigurationError,
    ModelspecError,
    SpecError,
    UsageError,
    exit_code_of,
    first_line,
)
from .suggest import (
    Suggestion,
    did_you_mean,
    join_words,
    limit_suggestions,
    meant,
    nearest,
    suggest,
)

if TYPE_CHECKING:
    from .codes import CODES
    from .command_hints import (
        COMMAND_HINTS,
        MISSING_HINTS,
        OPTION_HINTS,
        POSITION_HINTS,
        SUBCOMMAND_HINTS,
        VALUE_HINTS,
    )
    from .quantities import bytes_text, scaled_text
else:
    __getattr__ = lazy_names(
        __name__,
        {
            "codes": "CODES",
            "command_hints": "COMMAND_HINTS MISSING_HINTS OPTION_HINTS POSITION_HINTS "
            "SUBCOMMAND_HINTS VALUE_HINTS",
            "quantities": "bytes_text scaled_text",
        },
    )
