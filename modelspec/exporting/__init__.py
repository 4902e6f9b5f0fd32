"""A model in the formats that other programs take.

What needs numpy or TensorFlow is not imported from here: `export.py` is where that begins.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .export import ExportResult, RejectedError, export_subject
    from .export_source import ExportSource, subject_of_run, subject_of_spec
    from .metadata import Metadata
    from .model_split import preprocessing_of
    from .unsupported import refuse
    from .write import check_path, check_settings, write_spec

__all__ = [
    "ExportResult",
    "ExportSource",
    "Metadata",
    "RejectedError",
    "check_path",
    "check_settings",
    "export_subject",
    "preprocessing_of",
    "refuse",
    "subject_of_run",
    "subject_of_spec",
    "write_spec",
]

if not TYPE_CHECKING:  # a type checker is to know the names
    __getattr__ = lazy_names(
        __name__,
        {
            "ExportResult": "export",
            "RejectedError": "export",
            "export_subject": "export",
            "ExportSource": "export_source",
            "subject_of_run": "export_source",
            "subject_of_spec": "export_source",
            "Metadata": "metadata",
            "preprocessing_of": "model_split",
            "refuse": "unsupported",
            "check_path": "write",
            "check_settings": "write",
            "write_spec": "write",
        },
    )
