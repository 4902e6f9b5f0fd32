"""A model in the formats that other programs take.

What needs numpy or TensorFlow is not imported from here: `export.py` is where that begins.
"""

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .artifact import open_artifact
    from .export import ExportResult, RejectedError, export_model
    from .export_source import ExportSource, source_of_run, source_of_spec
    from .metadata import Metadata, read_metadata
    from .output_files import check_path, preprocessing_file, write_spec
    from .unsupported import check_supported
else:
    __getattr__ = lazy_names(
        __name__,
        {
            "artifact": "open_artifact",
            "export": "ExportResult RejectedError export_model",
            "export_source": "ExportSource source_of_run source_of_spec",
            "metadata": "Metadata read_metadata",
            "output_files": "check_path preprocessing_file write_spec",
            "unsupported": "check_supported",
        },
    )
