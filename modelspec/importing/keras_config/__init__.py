"""A model's config as a spec."""

from .config import MALFORMED_CONFIG_ERRORS, convert_config, unwrap_config
from .layers import is_model
from .shared import SHARED_LAYER_HINT, describe_shared_layers

__all__ = [
    "MALFORMED_CONFIG_ERRORS",
    "SHARED_LAYER_HINT",
    "convert_config",
    "describe_shared_layers",
    "is_model",
    "unwrap_config",
]
