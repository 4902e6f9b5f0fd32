"""What a document may say: JSON Schemas, the check against them, and the catalogue of Keras."""

from .catalogue import ClassSchema, class_schema, kind_of_reference, names_of_kind
from .check import Verdict, check
from .mend import UNKNOWN_LAYER

__all__ = [
    "UNKNOWN_LAYER",
    "ClassSchema",
    "Verdict",
    "check",
    "class_schema",
    "kind_of_reference",
    "names_of_kind",
]
