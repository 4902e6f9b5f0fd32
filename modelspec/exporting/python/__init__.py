"""A spec as a Python file that imports only Keras."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .source import python_source

__all__ = [
    "python_source",
]

if not TYPE_CHECKING:  # a type checker is to know the names
    __getattr__ = lazy_names(
        __name__,
        {
            "python_source": "source",
        },
    )
