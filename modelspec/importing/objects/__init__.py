"""Keras objects of a config, in the words of Keras 3: a class and its arguments."""

from .context import Context, Unsized, Value
from .defaults import without_defaults
from .generation import MAX_DEPTH, depth, generation, keras1_layer
from .names import LayerNames, legal, needed_names
from .objects import argument, arguments, convert, convert_object, find, written
from .serialized import Serialized, is_plain, is_serialized, plain, read, shortest

__all__ = [
    "MAX_DEPTH",
    "Context",
    "LayerNames",
    "Serialized",
    "Unsized",
    "Value",
    "argument",
    "arguments",
    "convert",
    "convert_object",
    "depth",
    "find",
    "generation",
    "is_plain",
    "is_serialized",
    "keras1_layer",
    "legal",
    "needed_names",
    "plain",
    "read",
    "shortest",
    "without_defaults",
    "written",
]
