"""What a lint looks at, and what it says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

from .lint import Lint
from .one_model import OneModel
from .subject import LintContext

if TYPE_CHECKING:
    from .tokens import gives_numbers, numbered_by, token_count

__all__ = [
    "Lint",
    "LintContext",
    "OneModel",
    "gives_numbers",
    "numbered_by",
    "token_count",
]

if not TYPE_CHECKING:  # a type checker is to know the names
    __getattr__ = lazy_names(
        __name__,
        {
            "gives_numbers": "tokens",
            "numbered_by": "tokens",
            "token_count": "tokens",
        },
    )
