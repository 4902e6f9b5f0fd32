"""A model's config as a spec."""

from .config import MALFORMED, import_model, unwrap
from .layers import is_model
from .shared import HINT, shared_between_models

__all__ = [
    "HINT",
    "MALFORMED",
    "import_model",
    "is_model",
    "shared_between_models",
    "unwrap",
]
