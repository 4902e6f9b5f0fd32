"""A graph to real `tf.keras.Sequential` and `tf.keras.Model` objects."""

from .extension_functions import with_functions
from .extension_modules import extension_scope
from .extensions import use_extensions
from .framework import start
from .model import build_model
from .objects import make_object
from .refusal import RefusedError

__all__ = [
    "RefusedError",
    "build_model",
    "extension_scope",
    "make_object",
    "start",
    "use_extensions",
    "with_functions",
]
