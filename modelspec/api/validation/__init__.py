"""Checking spec files, their data too, and replacing what can only be one other word."""

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

from .validate import validate_file, validate_files, validate_text

if TYPE_CHECKING:
    from .fixing import FixedFile, fix_files
else:
    __getattr__ = lazy_names(__name__, {"fixing": "FixedFile fix_files"})
