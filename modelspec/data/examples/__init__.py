"""Rows of a table to the arrays that a model takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .arrays import input_array
    from .cache import cache_small_inputs, report_undecodable_files
    from .examples import Examples, Preprocessing, make_splits
    from .synthetic import synthetic_splits
    from .window_examples import make_windows

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
            "input_array": "arrays",
            "cache_small_inputs": "cache",
            "report_undecodable_files": "cache",
            "Examples": "examples",
            "Preprocessing": "examples",
            "make_splits": "examples",
            "synthetic_splits": "synthetic",
            "make_windows": "window_examples",
        },
    )
