"""What a lint looks at, and what it reports."""

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

from .context import Lint, LintContext
from .model_view import ModelView

if TYPE_CHECKING:
    from .categories import find_encoder, returns_integers, token_count
else:
    __getattr__ = lazy_names(__name__, {"categories": "find_encoder returns_integers token_count"})
