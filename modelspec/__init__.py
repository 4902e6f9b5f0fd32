"""Keras models as files: read, review, check, train and ship them.

The contents page of the package: all that a command does, a function here does. Importing it
imports no TensorFlow, and no part of modelspec that is not asked for.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from modelspec.api import (
        benchmark,
        build,
        compare_runs,
        evaluate,
        export,
        from_keras,
        import_model,
        init,
        list_runs,
        open_spec,
        predict,
        smoke,
        summarize,
        train,
    )
    from modelspec.api import convert_file as convert
    from modelspec.api import expand_file as expand
    from modelspec.api import validate_file as validate
    from modelspec.diagnostics import (
        CannotRunError,
        Finding,
        ModelspecError,
        Severity,
        Span,
        SpecError,
        UsageError,
    )
    from modelspec.report import Summary
    from modelspec.training import MissedError, Run

_WHERE = {
    "CannotRunError": "modelspec.diagnostics",
    "Finding": "modelspec.diagnostics",
    "ModelspecError": "modelspec.diagnostics",
    "Severity": "modelspec.diagnostics",
    "Span": "modelspec.diagnostics",
    "SpecError": "modelspec.diagnostics",
    "Summary": "modelspec.report",
    "UsageError": "modelspec.diagnostics",
    "MissedError": "modelspec.training",
    "Run": "modelspec.training",
    "benchmark": "modelspec.api",
    "build": "modelspec.api",
    "compare_runs": "modelspec.api",
    "convert": "modelspec.api:convert_file",
    "evaluate": "modelspec.api",
    "expand": "modelspec.api:expand_file",
    "export": "modelspec.api",
    "from_keras": "modelspec.api",
    "import_model": "modelspec.api",
    "init": "modelspec.api",
    "list_runs": "modelspec.api",
    "open_spec": "modelspec.api",
    "predict": "modelspec.api",
    "smoke": "modelspec.api",
    "summarize": "modelspec.api",
    "train": "modelspec.api",
    "validate": "modelspec.api:validate_file",
}
"""Public name to the module that it comes from."""

__all__ = [
    "CannotRunError",
    "Finding",
    "MissedError",
    "ModelspecError",
    "Run",
    "Severity",
    "Span",
    "SpecError",
    "Summary",
    "UsageError",
    "benchmark",
    "build",
    "compare_runs",
    "convert",
    "evaluate",
    "expand",
    "export",
    "from_keras",
    "import_model",
    "init",
    "list_runs",
    "open_spec",
    "predict",
    "smoke",
    "summarize",
    "train",
    "validate",
]


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, _, attribute = _WHERE[name].partition(":")
    return getattr(importlib.import_module(module), attribute or name)


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
