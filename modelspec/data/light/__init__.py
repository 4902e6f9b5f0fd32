"""Data files checked where neither numpy nor pyarrow is installed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .check import check_data_without_numpy

__all__ = [
    "check_data_without_numpy",
]

if not TYPE_CHECKING:  # a type checker is to know the names
    __getattr__ = lazy_names(
        __name__,
        {
            "check_data_without_numpy": "check",
        },
    )
