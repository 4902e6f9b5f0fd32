"""The typed form of the `model` section."""

from .edges import EdgesAround, StackAround, parse_index, parse_refs
from .model import (
    WEIGHT,
    Edge,
    ExampleShape,
    FunctionalSpec,
    InputSpec,
    KerasObject,
    LayerSpec,
    ModelSpec,
    SequentialSpec,
    TensorName,
    is_op,
    left_out_layers,
    objects_in,
    plain,
)
from .naming import ModelNames, UniqueNames, snake_case
from .parse import NESTED, parse_model, parse_object
