"""Rows of a table to the arrays that a model takes."""

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .arrays import input_array
    from .cache import cache_small_inputs, report_undecodable_files
    from .examples import Examples, Preprocessing, make_splits
    from .synthetic import synthetic_splits
    from .window_examples import make_windows
else:
    __getattr__ = lazy_names(
        __name__,
        {
            "arrays": "input_array",
            "cache": "cache_small_inputs report_undecodable_files",
            "examples": "Examples Preprocessing make_splits",
            "synthetic": "synthetic_splits",
            "window_examples": "make_windows",
        },
    )
