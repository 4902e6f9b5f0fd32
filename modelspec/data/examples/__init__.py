"""Rows of a table to the arrays that a model takes."""

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .cache import (
        cache_small_inputs,
        check_targets_decode,
        decoded,
        report_undecodable_files,
    )
    from .cropping import crop_examples
    from .examples import Examples, Preprocessing, encode_inputs, list_lengths, make_splits
    from .noise import Noise, noise_of
    from .synthetic import synthetic_splits
    from .window_examples import make_windows
    from .window_rows import WindowRows
else:
    __getattr__ = lazy_names(
        __name__,
        {
            "cache": "cache_small_inputs check_targets_decode decoded report_undecodable_files",
            "cropping": "crop_examples",
            "examples": "Examples Preprocessing encode_inputs list_lengths make_splits",
            "noise": "Noise noise_of",
            "synthetic": "synthetic_splits",
            "window_examples": "make_windows",
            "window_rows": "WindowRows",
        },
    )
