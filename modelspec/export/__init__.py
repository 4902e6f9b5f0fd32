"""A model in the formats that other programs take."""

from .formats import FORMATS, Format
from .python_source import python_source
from .write import write_file, write_model, write_spec, write_text

__all__ = [
    "FORMATS",
    "Format",
    "python_source",
    "write_file",
    "write_model",
    "write_spec",
    "write_text",
]
