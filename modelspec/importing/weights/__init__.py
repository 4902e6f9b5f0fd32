"""The weights of a model file, brought into the model that its spec builds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .extract import extract_weights

__all__ = [
    "extract_weights",
]

if not TYPE_CHECKING:  # a type checker is to know the names
    __getattr__ = lazy_names(
        __name__,
        {
            "extract_weights": "extract",
        },
    )
