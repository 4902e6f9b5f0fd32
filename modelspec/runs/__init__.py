"""Run folders without TensorFlow or numpy: their layout, writing, reading and comparing them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .comparison import Comparison, compare
    from .curves_picture import draw_history, draw_runs
    from .folder import RunFolder, choose_folder
    from .history import History
    from .layout import METRIC_PREFIXES, RunFile, RunStatus, epoch_model, fold_folder
    from .record import RunRecord, find_runs, read_record, read_status
    from .recorded_spec import RecordedSpec, read_recorded_spec, spec_location
    from .views import COMPARE_FORMATS, LIST_FORMATS

__all__ = [
    "COMPARE_FORMATS",
    "LIST_FORMATS",
    "METRIC_PREFIXES",
    "Comparison",
    "History",
    "RecordedSpec",
    "RunFile",
    "RunFolder",
    "RunRecord",
    "RunStatus",
    "choose_folder",
    "compare",
    "draw_history",
    "draw_runs",
    "epoch_model",
    "find_runs",
    "fold_folder",
    "read_record",
    "read_recorded_spec",
    "read_status",
    "spec_location",
]

if not TYPE_CHECKING:  # a type checker is to know the names
    __getattr__ = lazy_names(
        __name__,
        {
            "Comparison": "comparison",
            "compare": "comparison",
            "draw_history": "curves_picture",
            "draw_runs": "curves_picture",
            "RunFolder": "folder",
            "choose_folder": "folder",
            "History": "history",
            "METRIC_PREFIXES": "layout",
            "RunFile": "layout",
            "RunStatus": "layout",
            "epoch_model": "layout",
            "fold_folder": "layout",
            "RunRecord": "record",
            "find_runs": "record",
            "read_record": "record",
            "read_status": "record",
            "RecordedSpec": "recorded_spec",
            "read_recorded_spec": "recorded_spec",
            "spec_location": "recorded_spec",
            "COMPARE_FORMATS": "views",
            "LIST_FORMATS": "views",
        },
    )
