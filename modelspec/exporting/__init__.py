"""A model in the formats that other programs take.

What needs numpy or TensorFlow is not imported from here: `export.py` is where that begins.
"""

from .formats import FORMATS, Format
from .preprocessing import preprocessing_of
from .python_source import python_source
from .refused import refuse
from .settings import Settings
from .write import check_path, check_settings, write_file, write_spec, write_text

__all__ = [
    "FORMATS",
    "Format",
    "Settings",
    "check_path",
    "check_settings",
    "preprocessing_of",
    "python_source",
    "refuse",
    "write_file",
    "write_spec",
    "write_text",
]
