"""From the `data` section to examples in memory, and from these to `tf.data`.

A name is imported when it is asked for: what checks data without numpy lies here, too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .load import Data, load_data, load_synthetic, load_without_inputs
    from .new_data import preprocessing_for_new_data, read_new_data
    from .new_data_stream import NewDataChunk, open_new_data

__all__ = [
    "Data",
    "NewDataChunk",
    "load_data",
    "load_synthetic",
    "load_without_inputs",
    "open_new_data",
    "preprocessing_for_new_data",
    "read_new_data",
]

if not TYPE_CHECKING:  # a type checker is to know the names
    __getattr__ = lazy_names(
        __name__,
        {
            "Data": "load",
            "load_data": "load",
            "load_synthetic": "load",
            "load_without_inputs": "load",
            "preprocessing_for_new_data": "new_data",
            "read_new_data": "new_data",
            "NewDataChunk": "new_data_stream",
            "open_new_data": "new_data_stream",
        },
    )
