"""What the commands do, as functions of paths: the door for notebooks and scripts.

A module is imported when a function of it is asked for, and no other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .benchmarking import benchmark, benchmark_all
    from .building import build
    from .exporting import EXPORTS, export, export_checked
    from .importing import from_keras, import_model
    from .opening import open_spec
    from .runs import compare_runs, evaluate, evaluate_in_detail, list_runs, predict
    from .specs import convert_file, expand_file, init, summarize
    from .training import smoke, train
    from .validation import validate_file, validate_files, validate_text

__all__ = [
    "EXPORTS",
    "benchmark",
    "benchmark_all",
    "build",
    "compare_runs",
    "convert_file",
    "evaluate",
    "evaluate_in_detail",
    "expand_file",
    "export",
    "export_checked",
    "from_keras",
    "import_model",
    "init",
    "list_runs",
    "open_spec",
    "predict",
    "smoke",
    "summarize",
    "train",
    "validate_file",
    "validate_files",
    "validate_text",
]

if not TYPE_CHECKING:  # a type checker is to know the names
    __getattr__ = lazy_names(
        __name__,
        {
            "benchmark": "benchmarking",
            "benchmark_all": "benchmarking",
            "build": "building",
            "EXPORTS": "exporting",
            "export": "exporting",
            "export_checked": "exporting",
            "from_keras": "importing",
            "import_model": "importing",
            "open_spec": "opening",
            "compare_runs": "runs",
            "evaluate": "runs",
            "evaluate_in_detail": "runs",
            "list_runs": "runs",
            "predict": "runs",
            "convert_file": "specs",
            "expand_file": "specs",
            "init": "specs",
            "summarize": "specs",
            "smoke": "training",
            "train": "training",
            "validate_file": "validation",
            "validate_files": "validation",
            "validate_text": "validation",
        },
    )
