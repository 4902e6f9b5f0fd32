"""What a document may say: JSON Schemas, the check against them, and the catalogue of Keras."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

from .catalogue import ClassSchema, class_schema, names_of_kind, refused
from .check import Verdict, check
from .files import ROOT, Schema, definition, follow
from .placeholders import UNKNOWN_LAYER, UnknownShape, unknown_input, unknown_layer
from .walk import SchemaPlace, walk

if TYPE_CHECKING:
    from .arguments import argument_purpose, format_default
    from .editor import editor_schema

__all__ = [
    "ROOT",
    "UNKNOWN_LAYER",
    "ClassSchema",
    "Schema",
    "SchemaPlace",
    "UnknownShape",
    "Verdict",
    "argument_purpose",
    "check",
    "class_schema",
    "definition",
    "editor_schema",
    "follow",
    "format_default",
    "names_of_kind",
    "refused",
    "unknown_input",
    "unknown_layer",
    "walk",
]

if not TYPE_CHECKING:  # a type checker is to know the names
    __getattr__ = lazy_names(
        __name__,
        {
            "argument_purpose": "arguments",
            "format_default": "arguments",
            "editor_schema": "editor",
        },
    )
