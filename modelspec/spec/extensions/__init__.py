"""Classes and functions of extensions: which a spec uses, and what is trusted."""

from .extensions import (
    allowing,
    extension_modules,
    extension_objects,
    extensions_allowed,
    refuse_extensions,
    report_trust,
)
from .functions import (
    function_sources,
    listed_sources,
    module_and_name,
    not_allowed,
    refuse_functions,
    report_functions,
)

__all__ = [
    "allowing",
    "extension_modules",
    "extension_objects",
    "extensions_allowed",
    "function_sources",
    "listed_sources",
    "module_and_name",
    "not_allowed",
    "refuse_extensions",
    "refuse_functions",
    "report_functions",
    "report_trust",
]
