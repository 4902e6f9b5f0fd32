"""What the commands do, as functions of paths: the door for notebooks and scripts.

A module is imported when a function of it is asked for, and no other.
"""

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .benchmarking import benchmark, benchmark_all
    from .building import build, open_spec
    from .diffing import diff, diff_of_git, git_setup
    from .exporting import EXPORTS, export, export_checked
    from .fetching import fetch, fetch_data_sets
    from .importing import from_keras, import_model
    from .predicting import (
        RunMeasures,
        evaluate,
        evaluate_in_detail,
        importance,
        load,
        measure,
        predict,
        predictions_of,
    )
    from .reports import RunReport, card, report_runs
    from .reproducing import Reproduction, reproduce
    from .runs import best_run, compare_runs, list_runs, sorted_runs
    from .smoke_step import smoke
    from .specs import convert_file, expand_file, init, plot, summarize
    from .training import train, train_request, train_requested
    from .tuning import StudyResult, tune
    from .validation import FixedFile, fix_files, validate_file, validate_files, validate_text
    from .workers import launch
else:
    __getattr__ = lazy_names(
        __name__,
        {
            "benchmarking": "benchmark benchmark_all",
            "building": "build open_spec",
            "diffing": "diff diff_of_git git_setup",
            "exporting": "EXPORTS export export_checked",
            "fetching": "fetch fetch_data_sets",
            "importing": "from_keras import_model",
            "predicting": "RunMeasures evaluate evaluate_in_detail importance load predict "
            "measure predictions_of",
            "reports": "RunReport card report_runs",
            "reproducing": "Reproduction reproduce",
            "runs": "best_run compare_runs list_runs sorted_runs",
            "smoke_step": "smoke",
            "specs": "convert_file expand_file init plot summarize",
            "training": "train train_request train_requested",
            "tuning": "StudyResult tune",
            "validation": "FixedFile fix_files validate_file validate_files validate_text",
            "workers": "launch",
        },
    )
