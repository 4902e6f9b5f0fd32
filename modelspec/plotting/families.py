"""The families of layers, each with a colour."""

from __future__ import annotations

from enum import StrEnum

from modelspec.layers import traits_of
from modelspec.schema import class_schema
from modelspec.spec.model import WEIGHT, KerasObject


class Family(StrEnum):
    """A family; the value is its name in a legend."""

    CONVOLUTION = "convolution"
    DENSE = "dense, embedding"
    NORMALIZATION = "normalization"
    ACTIVATION = "activation"
    POOLING = "pooling, reshaping"
    RECURRENT = "recurrent"
    ATTENTION = "attention"
    PREPROCESSING = "preprocessing"
    REGULARIZATION = "regularization"
    MERGE = "merge"
    OP = "op"
    MODEL = "block, model"
    ENDS = "input, output"
    OTHER = "other"


_BY_FILE = {
    "activations": Family.ACTIVATION,
    "attention": Family.ATTENTION,
    "convolutional": Family.CONVOLUTION,
    "core": Family.DENSE,
    "image_preprocessing": Family.PREPROCESSING,
    "merging": Family.MERGE,
    "normalization": Family.NORMALIZATION,
    "pooling": Family.POOLING,
    "preprocessing": Family.PREPROCESSING,
    "regularization": Family.REGULARIZATION,
    "reshaping": Family.POOLING,
    "rnn": Family.RECURRENT,
}
"""Name of a file in `schemas/layers/` to its family."""


def family_of(layer: KerasObject) -> Family:
    """The family of a layer."""
    if layer.model is not None or layer.class_name.startswith("applications."):
        return Family.MODEL
    if layer.class_name == WEIGHT:
        return Family.DENSE
    known = class_schema(layer.kind, layer.class_name)
    if known is None:
        return Family.OTHER
    name = known.file.removeprefix("layers/").removesuffix(".json")
    if known.file.startswith(("ops", "activations")):
        return Family.OP if known.file.startswith("ops") else Family.ACTIVATION
    if name == "core" and traits_of(known.name).keeps_values:
        return Family.OTHER
    return _BY_FILE.get(name, Family.OTHER)
