"""The typed form of the `model` section."""

from .edges import parse_index
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
