"""A model in the formats that other programs take."""

from .formats import FORMATS, Format
from .write import write_model

__all__ = ["FORMATS", "Format", "write_model"]
