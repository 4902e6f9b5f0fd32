"""Rows of a table to the arrays that a model takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .assemble import Preprocessing, make_splits
    from .cache import cache_small_inputs, report_undecodable_files
    from .examples import Examples, input_array
    from .series_examples import make_windows
    from .synthetic import synthetic_splits

__all__ = [
    "Examples",
    "Preprocessing",
    "cache_small_inputs",
    "input_array",
    "make_splits",
    "make_windows",
    "report_undecodable_files",
    "synthetic_splits",
]

if not TYPE_CHECKING:  # a type checker is to know the names
    __getattr__ = lazy_names(
        __name__,
        {
            "Preprocessing": "assemble",
            "make_splits": "assemble",
            "cache_small_inputs": "cache",
            "report_undecodable_files": "cache",
            "Examples": "examples",
            "input_array": "examples",
            "make_windows": "series_examples",
            "synthetic_splits": "synthetic",
        },
    )
