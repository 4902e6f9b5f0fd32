"""A graph to real `tf.keras.Sequential` and `tf.keras.Model` objects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

from .build import build_model
from .calls import takes_one_argument
from .default_names import name_inner_layers
from .extension_modules import (
    extension_files,
    extension_scope,
    find_module_file,
    module_folders,
    registered_objects,
)
from .extensions import import_extensions
from .keras_error import KerasError
from .objects import make_object

if TYPE_CHECKING:
    from .assemble import collect_outputs, repeat_calls
    from .comparison import compare_with_keras

__all__ = [
    "KerasError",
    "build_model",
    "collect_outputs",
    "compare_with_keras",
    "extension_files",
    "extension_scope",
    "find_module_file",
    "import_extensions",
    "make_object",
    "module_folders",
    "name_inner_layers",
    "registered_objects",
    "repeat_calls",
    "takes_one_argument",
]

if not TYPE_CHECKING:  # a type checker is to know the names
    __getattr__ = lazy_names(
        __name__,
        {
            "collect_outputs": "assemble",
            "repeat_calls": "assemble",
            "compare_with_keras": "comparison",
        },
    )
