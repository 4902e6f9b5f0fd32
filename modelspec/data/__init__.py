"""From the `data` section to examples in memory, and from these to `tf.data`.

A name is imported when it is asked for: what checks data without numpy lies here, too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .load import Data, check_all, load_data, load_synthetic
    from .new_data import read_fresh, reading_again
    from .new_data_stream import Piece, open_fresh

__all__ = [
    "Data",
    "Piece",
    "check_all",
    "load_data",
    "load_synthetic",
    "open_fresh",
    "read_fresh",
    "reading_again",
]

if not TYPE_CHECKING:  # a type checker is to know the names
    __getattr__ = lazy_names(
        __name__,
        {
            "Data": "load",
            "check_all": "load",
            "load_data": "load",
            "load_synthetic": "load",
            "read_fresh": "new_data",
            "reading_again": "new_data",
            "Piece": "new_data_stream",
            "open_fresh": "new_data_stream",
        },
    )
