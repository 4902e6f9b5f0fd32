"""A graph to real `tf.keras.Sequential` and `tf.keras.Model` objects."""

from .framework import start
from .model import build_model
from .objects import make_object
from .refusal import RefusedError

__all__ = ["RefusedError", "build_model", "make_object", "start"]
