"""What a document may say: JSON Schemas, the check against them, and the catalogue of Keras."""

from .catalogue import ClassSchema, class_schema, kind_of_reference, names_of_kind
from .check import Verdict, check
from .explain import Place, walk
from .mend import UNKNOWN_LAYER, UnknownShape, unknown_input, unknown_layer

__all__ = [
    "UNKNOWN_LAYER",
    "ClassSchema",
    "Place",
    "UnknownShape",
    "Verdict",
    "check",
    "class_schema",
    "kind_of_reference",
    "names_of_kind",
    "unknown_input",
    "unknown_layer",
    "walk",
]
