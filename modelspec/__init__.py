"""Keras models as files: read, review, check, train and ship them.

The contents page of the package: all that a command does, a function here does. Importing it
imports no TensorFlow, and no part of modelspec that is not asked for.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from modelspec.actions import (
        compare_runs,
        evaluate,
        export,
        from_keras,
        import_model,
        init,
        list_runs,
        predict,
        smoke,
        summarize,
        train,
    )
    from modelspec.actions import convert_file as convert
    from modelspec.actions import expand_file as expand
    from modelspec.diagnostics import (
        CannotRunError,
        Finding,
        ModelspecError,
        Severity,
        Span,
        SpecError,
        UsageError,
    )
    from modelspec.pipeline import build, open_spec
    from modelspec.pipeline import validate_file as validate
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
    "build": "modelspec.pipeline",
    "compare_runs": "modelspec.actions",
    "convert": "modelspec.actions:convert_file",
    "evaluate": "modelspec.actions",
    "expand": "modelspec.actions:expand_file",
    "export": "modelspec.actions",
    "from_keras": "modelspec.actions",
    "import_model": "modelspec.actions",
    "init": "modelspec.actions",
    "list_runs": "modelspec.actions",
    "open_spec": "modelspec.pipeline",
    "predict": "modelspec.actions",
    "smoke": "modelspec.actions",
    "summarize": "modelspec.actions",
    "train": "modelspec.actions",
    "validate": "modelspec.pipeline:validate_file",
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
