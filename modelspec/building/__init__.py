"""A graph to real `tf.keras.Sequential` and `tf.keras.Model` objects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

from .calls import takes_one_argument
from .extension_modules import (
    extension_files,
    extension_scope,
    folders_of,
    module_file,
    registered_by,
)
from .extensions import import_extensions
from .keras_error import KerasError
from .made_names import inner_names
from .model import build_model
from .objects import make_object

if TYPE_CHECKING:
    from .agreement import hold_to_keras
    from .assemble import call_again, outputs_of_graph

__all__ = [
    "KerasError",
    "build_model",
    "call_again",
    "extension_files",
    "extension_scope",
    "folders_of",
    "hold_to_keras",
    "import_extensions",
    "inner_names",
    "make_object",
    "module_file",
    "outputs_of_graph",
    "registered_by",
    "takes_one_argument",
]

if not TYPE_CHECKING:  # a type checker is to know the names
    __getattr__ = lazy_names(
        __name__,
        {
            "hold_to_keras": "agreement",
            "call_again": "assemble",
            "outputs_of_graph": "assemble",
        },
    )
