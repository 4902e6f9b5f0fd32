"""Keras objects of a config, in the words of Keras 3: a class and its arguments."""

from .context import ImportContext, PendingLayer, SpecObject
from .defaults import drop_defaults
from .generation import MAX_DEPTH, detect_generation, find_keras1_layer, nesting_depth
from .names import LayerNames, legal_name, names_to_write
from .objects import (
    convert_argument,
    convert_arguments,
    convert_object,
    convert_value,
    find_schema,
    spec_value,
)
from .serialized import (
    ConfigObject,
    is_plain_data,
    is_serialized,
    parse_object,
    shorten_float,
    unwrap_value,
)

__all__ = [
    "MAX_DEPTH",
    "ConfigObject",
    "ImportContext",
    "LayerNames",
    "PendingLayer",
    "SpecObject",
    "convert_argument",
    "convert_arguments",
    "convert_object",
    "convert_value",
    "detect_generation",
    "drop_defaults",
    "find_keras1_layer",
    "find_schema",
    "is_plain_data",
    "is_serialized",
    "legal_name",
    "names_to_write",
    "nesting_depth",
    "parse_object",
    "shorten_float",
    "spec_value",
    "unwrap_value",
]
