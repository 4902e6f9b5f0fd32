"""A checked document as a typed spec."""

from .changes import refuse_changes
from .expansion import Declared, Expansion, declared_in, expand, recheck
from .extends import extend
from .extensions import (
    ALLOW_EXTENSIONS,
    allowing,
    extension_modules,
    extension_objects,
    extensions_allowed,
    refuse_extensions,
    report_trust,
)
from .fill import expanded_text, filled
from .functions import (
    function_sources,
    listed_sources,
    module_and_name,
    not_allowed,
    refuse_functions,
    report_functions,
)
from .model import Edge, FunctionalSpec, InputSpec, LayerSpec, ModelSpec, Ref, SequentialSpec, Shape
from .objects import KerasObject, objects_in
from .overrides import apply_overrides, located, parse_override
from .parse import parse_model, parse_object, parse_value
from .spec import Spec, parse_spec

__all__ = [
    "ALLOW_EXTENSIONS",
    "Declared",
    "Edge",
    "Expansion",
    "FunctionalSpec",
    "InputSpec",
    "KerasObject",
    "LayerSpec",
    "ModelSpec",
    "Ref",
    "SequentialSpec",
    "Shape",
    "Spec",
    "allowing",
    "apply_overrides",
    "declared_in",
    "expand",
    "expanded_text",
    "extend",
    "extension_modules",
    "extension_objects",
    "extensions_allowed",
    "filled",
    "function_sources",
    "listed_sources",
    "located",
    "module_and_name",
    "not_allowed",
    "objects_in",
    "parse_model",
    "parse_object",
    "parse_override",
    "parse_spec",
    "parse_value",
    "recheck",
    "refuse_changes",
    "refuse_extensions",
    "refuse_functions",
    "report_functions",
    "report_trust",
]
