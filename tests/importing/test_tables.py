"""The tables of importing against the Keras that is installed."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from typing import Any

import pytest

from modelspec.importing.keras2.tf_functions import TF_RULES
from modelspec.importing.keras_config.calls import (
    SEVERAL_RESULTS,
    TRAINING_BY_DEFAULT,
)
from modelspec.importing.keras_config.operations import OP_NAMES, OPS_AS_ACTIVATIONS, op_schema
from modelspec.layers import classes_with, traits_of
from modelspec.schema.catalogue import class_schema, names_of_kind

from .configurations import CONFIGURATIONS

pytestmark = [pytest.mark.tensorflow, pytest.mark.filterwarnings("ignore::UserWarning")]

OWN_MASKS = {
    "Attention", "AdditiveAttention", "Dot", "Embedding", "GlobalAveragePooling1D",
    "ReversibleEmbedding",
}  # fmt: skip
"""Layers that make or drop masks by a rule of their own."""
MASKS_OF_MANY = {"Add", "Average", "Concatenate", "Maximum", "Minimum", "Multiply", "Subtract"}
RECURRENT = {
    "Bidirectional", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D", "GRU", "LSTM", "RNN", "SimpleRNN",
    "TimeDistributed",
}  # fmt: skip
WITHOUT_FUNCTION = {
    "AssociativeScan", "Cond", "ForiLoop", "Function", "JVP", "Map", "Scan", "SegmentReduction",
    "Switch", "VectorizedMap", "WhileLoop",
}  # fmt: skip
"""Op classes that take Python functions, or are bases of others."""


def operation_classes() -> Iterator[type]:
    import keras.src.ops
    from keras.src.layers import Layer
    from keras.src.ops.operation import Operation

    for module in pkgutil.iter_modules(keras.src.ops.__path__):
        if not module.name.endswith("_test"):
            importlib.import_module(f"keras.src.ops.{module.name}")
    waiting = [Operation]
    while waiting:
        found = waiting.pop()
        waiting += found.__subclasses__()
        if ".ops." in found.__module__ and found is not Operation and not issubclass(found, Layer):
            yield found


def parameters(function: Any) -> list[str]:
    kinds = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    found = inspect.signature(function).parameters.values()
    return [p.name for p in found if p.kind not in kinds and p.name not in ("self", "name")]


def test_every_op_class_is_a_function_with_the_same_parameters() -> None:
    for found in operation_classes():
        if found.__name__ in WITHOUT_FUNCTION:
            continue
        known = op_schema(found.__name__)
        assert known is not None, found
        if known.call.get("variadic") or "spread" in known.call:
            continue
        of_init = parameters(found.__init__)
        assert [name for name in known.tensors if name not in of_init] == parameters(found.call)


def test_no_entry_of_the_tables_is_out_of_date() -> None:
    names = {found.__name__ for found in operation_classes()}
    assert set(OP_NAMES) <= names
    assert all(class_schema("layer", f"ops.{name}") for name in SEVERAL_RESULTS)
    assert all(class_schema("activation", name) for name in OPS_AS_ACTIVATIONS.values())


def test_the_rules_for_tensorflow_use_parameters_that_there_are() -> None:
    for name, rule in TF_RULES.items():
        known = class_schema("layer", rule.op)
        assert known is not None, name
        takes = set(known.properties) | set(known.call.get("tensors", ()))
        given = set(rule.parameters.values()) | set(rule.defaults)
        assert given - takes <= {"on_value", "off_value"}, name


@pytest.mark.slow
def test_which_layers_pass_masks_on() -> None:
    import keras

    plain = classes_with("passes_mask") - MASKS_OF_MANY - RECURRENT
    for make in CONFIGURATIONS:
        keras.utils.clear_session()
        for layer in make(keras)._flatten_layers():
            name = type(layer).__name__
            if name in OWN_MASKS or name in MASKS_OF_MANY or name in RECURRENT:
                continue
            default = type(layer).compute_mask is keras.Layer.compute_mask
            if name in plain:
                assert layer.supports_masking, name
                assert default or name == "Masking", name


def test_what_training_is_where_no_one_says() -> None:
    import keras

    for name in names_of_kind("layer"):
        found = getattr(keras.layers, name, None)
        known = class_schema("layer", name)
        if found is None or known is None or "." in name:
            continue
        training = inspect.signature(found.call).parameters.get("training")
        default = None if training is None else training.default
        family = known.file.removeprefix("layers/").removesuffix(".json")
        if traits_of(known.name).saves_training_false:
            assert default is False, name
        elif default is not None and family in TRAINING_BY_DEFAULT:
            assert default in TRAINING_BY_DEFAULT[family], name
