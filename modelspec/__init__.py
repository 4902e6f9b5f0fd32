"""Keras models as files: read, review, check, train and ship them.

The contents page of the package: all that a command does, a function here does. Importing it
imports no TensorFlow, and no part of modelspec that is not asked for.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from modelspec.actions.benchmarking import benchmark
    from modelspec.actions.exporting import export
    from modelspec.actions.importing import from_keras, import_model
    from modelspec.actions.runs import compare_runs, evaluate, list_runs, predict
    from modelspec.actions.specs import convert_file as convert
    from modelspec.actions.specs import expand_file as expand
    from modelspec.actions.specs import init, summarize
    from modelspec.actions.training import smoke, train
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
    "benchmark": "modelspec.actions.benchmarking",
    "build": "modelspec.pipeline",
    "compare_runs": "modelspec.actions.runs",
    "convert": "modelspec.actions.specs:convert_file",
    "evaluate": "modelspec.actions.runs",
    "expand": "modelspec.actions.specs:expand_file",
    "export": "modelspec.actions.exporting",
    "from_keras": "modelspec.actions.importing",
    "import_model": "modelspec.actions.importing",
    "init": "modelspec.actions.specs",
    "list_runs": "modelspec.actions.runs",
    "open_spec": "modelspec.pipeline",
    "predict": "modelspec.actions.runs",
    "smoke": "modelspec.actions.training",
    "summarize": "modelspec.actions.specs",
    "train": "modelspec.actions.training",
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
