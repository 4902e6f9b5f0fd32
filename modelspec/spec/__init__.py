"""A checked document as a typed spec."""

from .model import Edge, FunctionalSpec, InputSpec, LayerSpec, ModelSpec, Ref, SequentialSpec, Shape
from .objects import KerasObject
from .overrides import apply_overrides, located, parse_override
from .parse import parse_model, parse_object, parse_value
from .spec import Spec, parse_spec

__all__ = [
    "Edge",
    "FunctionalSpec",
    "InputSpec",
    "KerasObject",
    "LayerSpec",
    "ModelSpec",
    "Ref",
    "SequentialSpec",
    "Shape",
    "Spec",
    "apply_overrides",
    "located",
    "parse_model",
    "parse_object",
    "parse_override",
    "parse_spec",
    "parse_value",
]
