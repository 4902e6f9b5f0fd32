"""The typed form of the `model` section."""

from .edges import parse_index
from .model import (
    Edge,
    ExampleShape,
    FunctionalSpec,
    InputSpec,
    LayerSpec,
    ModelSpec,
    SequentialSpec,
    TensorName,
)
from .naming import ModelNames, UniqueNames, snake_case
from .objects import KerasObject, objects_in
from .parse import NESTED, parse_model, parse_object
