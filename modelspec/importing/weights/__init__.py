"""The weights of a model file, loaded into the model that its spec builds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

if TYPE_CHECKING:
    from .extract import extract_weights
    from .saved_layers import WeightsSource, list_saved_layers

__all__ = [
    "WeightsSource",
    "extract_weights",
    "list_saved_layers",
]

if not TYPE_CHECKING:  # a type checker is to know the names
    __getattr__ = lazy_names(
        __name__,
        {
            "extract_weights": "extract",
            "WeightsSource": "saved_layers",
            "list_saved_layers": "saved_layers",
        },
    )
