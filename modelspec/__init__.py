"""Keras models as YAML files: read, review, check, train and ship them.

Each command has its function here. Importing the package
imports neither TensorFlow nor any part of modelspec that is not used.
"""

from __future__ import annotations

from os.path import dirname, exists
from typing import TYPE_CHECKING, Any

from modelspec.faces import lazy_names

OTHER_MODULE = "base_types.py"
"""A module of another project's package that is called modelspec too, and none of this one."""

if TYPE_CHECKING:
    from modelspec.api import (
        benchmark,
        build,
        card,
        compare_runs,
        diff,
        evaluate,
        export,
        fetch,
        from_keras,
        import_model,
        init,
        list_runs,
        load,
        open_spec,
        plot,
        predict,
        report_runs,
        reproduce,
        smoke,
        summarize,
        train,
        tune,
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
    from modelspec.inference import LoadedModel, ModelInput, ModelOutput
    from modelspec.report import Summary
    from modelspec.training import MissedError, Run
    from modelspec.version import __version__ as __version__

__all__ = [
    "CannotRunError",
    "Finding",
    "LoadedModel",
    "MissedError",
    "ModelInput",
    "ModelOutput",
    "ModelspecError",
    "Run",
    "Severity",
    "Span",
    "SpecError",
    "Summary",
    "UsageError",
    "benchmark",
    "build",
    "card",
    "compare_runs",
    "convert",
    "diff",
    "evaluate",
    "expand",
    "export",
    "fetch",
    "from_keras",
    "import_model",
    "init",
    "list_runs",
    "load",
    "open_spec",
    "plot",
    "predict",
    "report_runs",
    "reproduce",
    "smoke",
    "summarize",
    "train",
    "tune",
    "validate",
]


if not TYPE_CHECKING:  # a type checker knows the names from above
    _load = lazy_names(
        __name__,
        {
            "diagnostics": "CannotRunError Finding ModelspecError Severity Span SpecError "
            "UsageError",
            "report": "Summary",
            "inference": "LoadedModel ModelInput ModelOutput",
            "training": "MissedError Run",
            "version": "__version__",
            "api": "benchmark build card compare_runs convert=convert_file diff evaluate "
            "expand=expand_file export fetch from_keras import_model init list_runs load "
            "open_spec plot predict report_runs reproduce smoke summarize train tune "
            "validate=validate_file",
        },
    )

    def __getattr__(name: str) -> Any:
        try:
            return _load(name)
        except AttributeError as error:
            if not shares_folder():
                raise
            more = "; the distribution `modelspec` of another project is installed too, and both"
            raise AttributeError(f"{error}{more} have files here: modelspec doctor") from error


def shares_folder() -> bool:
    """Whether files of another project's package lie in this folder: see
    `modelspec.installation`. A look at one path, which each start of the command takes."""
    return exists(f"{dirname(__file__)}/{OTHER_MODULE}")  # noqa: PTH110, PTH120  # pathlib is slow


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
