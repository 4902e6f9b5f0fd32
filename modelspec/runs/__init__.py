"""What run folders hold, read without TensorFlow: which runs there are, and how they differ."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .comparison import Comparison, compare
    from .curves_picture import draw_runs
    from .find import find_runs
    from .folder import COMPLETE, FAILED, HISTORY, INTERRUPTED, MODEL, RunFolder, choose, status_of
    from .history import History, scalars, shown
    from .record import RunRecord, read_record
    from .recorded_spec import RecordedSpec, recorded
    from .spec_place import DATA, spec_of
    from .views import COMPARE_FORMATS, LIST_FORMATS

__all__ = [
    "COMPARE_FORMATS",
    "COMPLETE",
    "DATA",
    "FAILED",
    "HISTORY",
    "INTERRUPTED",
    "LIST_FORMATS",
    "MODEL",
    "Comparison",
    "History",
    "RecordedSpec",
    "RunFolder",
    "RunRecord",
    "choose",
    "compare",
    "draw_runs",
    "find_runs",
    "read_record",
    "recorded",
    "scalars",
    "shown",
    "spec_of",
    "status_of",
]

if not TYPE_CHECKING:  # a type checker is to know the names
    __getattr__ = lazy_names(
        __name__,
        {
            "Comparison": "comparison",
            "compare": "comparison",
            "draw_runs": "curves_picture",
            "find_runs": "find",
            "COMPLETE": "folder",
            "FAILED": "folder",
            "HISTORY": "folder",
            "INTERRUPTED": "folder",
            "MODEL": "folder",
            "RunFolder": "folder",
            "choose": "folder",
            "status_of": "folder",
            "History": "history",
            "scalars": "history",
            "shown": "history",
            "RunRecord": "record",
            "read_record": "record",
            "RecordedSpec": "recorded_spec",
            "recorded": "recorded_spec",
            "DATA": "spec_place",
            "spec_of": "spec_place",
            "COMPARE_FORMATS": "views",
            "LIST_FORMATS": "views",
        },
    )
