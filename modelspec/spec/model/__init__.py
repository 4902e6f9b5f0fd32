"""The typed form of the `model` section."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.faces import lazy_names

from .model import (
    Edge,
    FunctionalSpec,
    InputSpec,
    LayerSpec,
    ModelSpec,
    SequentialSpec,
    Shape,
    TensorName,
)
from .naming import ModelNames, UniqueNames, snake_case
from .objects import KerasObject, objects_in
from .parse import NESTED, parse_model, parse_object

if TYPE_CHECKING:
    from .index_key import parse_index

__all__ = [
    "NESTED",
    "Edge",
    "FunctionalSpec",
    "InputSpec",
    "KerasObject",
    "LayerSpec",
    "ModelNames",
    "ModelSpec",
    "SequentialSpec",
    "Shape",
    "TensorName",
    "UniqueNames",
    "objects_in",
    "parse_index",
    "parse_model",
    "parse_object",
    "snake_case",
]

if not TYPE_CHECKING:  # a type checker is to know the names
    __getattr__ = lazy_names(
        __name__,
        {
            "parse_index": "index_key",
        },
    )
