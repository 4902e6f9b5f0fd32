"""A model in the formats that other programs take.

What needs numpy or TensorFlow is not imported from here: `export.py` is where that begins.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .artifact import open_artifact
    from .export import ExportResult, RejectedError, export_model
    from .export_source import ExportSource, source_of_run, source_of_spec
    from .metadata import Metadata, read_metadata
    from .output_files import check_path, preprocessing_file, write_spec
    from .unsupported import check_supported

__all__ = [
    "ExportResult",
    "ExportSource",
    "Metadata",
    "RejectedError",
    "check_path",
    "check_supported",
    "export_model",
    "open_artifact",
    "preprocessing_file",
    "read_metadata",
    "source_of_run",
    "source_of_spec",
    "write_spec",
]

if not TYPE_CHECKING:  # a type checker is to know the names
    __getattr__ = lazy_names(
        __name__,
        {
            "open_artifact": "artifact",
            "ExportResult": "export",
            "RejectedError": "export",
            "export_model": "export",
            "ExportSource": "export_source",
            "source_of_run": "export_source",
            "source_of_spec": "export_source",
            "Metadata": "metadata",
            "read_metadata": "metadata",
            "check_path": "output_files",
            "preprocessing_file": "output_files",
            "write_spec": "output_files",
            "check_supported": "unsupported",
        },
    )
