"""A graph to real `tf.keras.Sequential` and `tf.keras.Model` objects."""

from .assemble import call_again, outputs_of_graph
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
    "call_again",
    "extension_scope",
    "make_object",
    "outputs_of_graph",
    "start",
    "use_extensions",
    "with_functions",
]
