"""What a document may say: JSON Schemas, the check against them, and the catalogue of Keras."""

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

from .catalogue import (
    WHEN,
    WHEN_SCHEMA,
    ClassSchema,
    class_schema,
    is_identifier,
    names_of_kind,
    refusals,
    refused,
)
from .check import Verdict, check, one_schema, schema_names
from .files import ROOT, Schema, definition, follow
from .placeholders import UNKNOWN_LAYER, UnknownShape, unknown_input, unknown_layer
from .walk import SchemaPlace, walk

if TYPE_CHECKING:
    from .arguments import argument_purpose, format_default
    from .editor import editor_schema
    from .habits import hint_for_override
    from .table_habits import hint_for_step
else:
    __getattr__ = lazy_names(
        __name__,
        {
            "arguments": "argument_purpose format_default",
            "editor": "editor_schema",
            "habits": "hint_for_override",
            "table_habits": "hint_for_step",
        },
    )
