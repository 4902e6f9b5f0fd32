"""The options of columns in the section `data`, checked without reading a file."""

from .lists import check_lists

__all__ = ["check_lists"]
