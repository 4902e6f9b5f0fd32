"""Rows of a table to the arrays that a model takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .assemble import Reading, make_splits
    from .cache import cache_small_inputs, naming_files
    from .examples import Examples, input_array
    from .series_examples import make_windows
    from .synthetic import synthetic_splits

__all__ = [
    "Examples",
    "Reading",
    "cache_small_inputs",
    "input_array",
    "make_splits",
    "make_windows",
    "naming_files",
    "synthetic_splits",
]

if not TYPE_CHECKING:  # a type checker is to know the names
    __getattr__ = lazy_names(
        __name__,
        {
            "Reading": "assemble",
            "make_splits": "assemble",
            "cache_small_inputs": "cache",
            "naming_files": "cache",
            "Examples": "examples",
            "input_array": "examples",
            "make_windows": "series_examples",
            "synthetic_splits": "synthetic",
        },
    )
