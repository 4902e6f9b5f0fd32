"""What a lint looks at, and what it reports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

from .context import Lint, LintContext
from .model_view import ModelView

if TYPE_CHECKING:
    from .categories import find_encoder, returns_integers, token_count

__all__ = [
    "Lint",
    "LintContext",
    "ModelView",
    "find_encoder",
    "returns_integers",
    "token_count",
]

if not TYPE_CHECKING:  # a type checker is to know the names
    __getattr__ = lazy_names(
        __name__,
        {
            "find_encoder": "categories",
            "returns_integers": "categories",
            "token_count": "categories",
        },
    )
