"""Classes and functions of extensions: which a spec uses, and what is trusted."""

from .extensions import (
    extension_modules,
    extension_objects,
    extensions_allowed,
    function_sources,
    importable_sources,
    module_and_name,
    permit_extensions,
    refuse_extensions,
    refuse_function,
    refuse_functions,
    report_functions,
    report_trust,
)
