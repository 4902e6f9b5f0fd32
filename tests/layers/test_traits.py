"""The table of traits has a row for each layer of Keras, and says of it what Keras says."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from modelspec.layers.traits import (
    LAYER_TRAITS,
    LOST,
    OP_TRAITS,
    PASSED,
    MaskHandling,
    classes_with,
    traits_of,
)
from modelspec.schema.catalogue import class_schema, names_of_kind


def test_every_layer_of_the_schemas_has_a_row_and_no_other() -> None:
    known = [class_schema("layer", name) for name in names_of_kind("layer")]
    names = {found.name for found in known if found and Path(found.file).parent.name == "layers"}
    assert set(LAYER_TRAITS) == names


def test_every_op_of_the_table_is_in_the_schemas() -> None:
    assert all(class_schema("layer", name) for name in OP_TRAITS)


def test_a_class_of_an_extension_has_no_traits() -> None:
    assert not any(traits_of("shop>Discount"))


def test_activations_are_named_as_in_the_schemas() -> None:
    layers_only = {"prelu"}  # learned, so no function computes it
    for name, traits in (LAYER_TRAITS | OP_TRAITS).items():
        if traits.activation is not None and traits.activation not in layers_only:
            known = class_schema("activation", traits.activation)
            assert known is not None and known.name == traits.activation, name


def test_traits_that_name_an_argument_belong_to_classes_that_have_it() -> None:
    needs = {
        "is_linear": "activation",
        "is_pooling": "pool_size",
        "is_dropout": "rate",
        "is_cell": "units",
    }
    for trait, argument in needs.items():
        for name in classes_with(trait):  # type: ignore[arg-type]
            known = class_schema("layer", name)
            assert known is not None and argument in known.properties, name
    for name in classes_with("adapted_argument"):
        known = class_schema("layer", name)
        assert known is not None and traits_of(name).adapted_argument in known.properties, name


@pytest.mark.tensorflow
@pytest.mark.parametrize(
    ("trait", "has_it"),
    [
        ("adapted_argument", lambda layer: hasattr(layer, "adapt")),
        ("is_attention", lambda layer: "return_attention_scores" in _parameters(layer.call)),
        ("is_merge", lambda layer: any(base.__name__ == "Merge" for base in layer.__mro__)),
        ("is_recurrent", lambda layer: "return_state" in _parameters(layer.__init__)),
    ],
)
def test_keras_agrees(trait: Any, has_it: Callable[[Any], bool]) -> None:
    import keras

    found = {name for name in LAYER_TRAITS if has_it(getattr(keras.layers, name, keras.Layer))}
    assert classes_with(trait) == found


@pytest.mark.tensorflow
@pytest.mark.parametrize("name", sorted(classes_with("states")))
def test_keras_returns_as_many_states(name: str) -> None:
    import keras

    results = getattr(keras.layers, name)(2, return_state=True)(keras.Input((3, 4)))
    assert len(results) == 1 + traits_of(name).states


def _parameters(function: Any) -> set[str]:
    return set(inspect.signature(function).parameters)


@pytest.mark.tensorflow
def test_keras_compiles_no_model_with_these_layers() -> None:
    import keras

    needs: dict[str, dict[str, Any]] = {
        "Discretization": {"num_bins": 2},
        "Hashing": {"num_bins": 2},
        "HashedCrossing": {"num_bins": 2},
        "RandomContrast": {"factor": 0.1},
        "RandomCrop": {"height": 2, "width": 2},
        "RandomRotation": {"factor": 0.1},
        "RandomTranslation": {"height_factor": 0.1, "width_factor": 0.1},
        "RandomZoom": {"height_factor": 0.1},
    }
    for name in classes_with("never_compiled") | {"Discretization", "RandomContrast", "RandomFlip"}:
        layer = getattr(keras.layers, name)(**needs.get(name, {}))
        compiles = all(inner.supports_jit for inner in layer._flatten_layers())
        assert compiles != traits_of(name).never_compiled, name


@pytest.mark.tensorflow
def test_keras_loses_masks_in_the_same_layers() -> None:
    import keras

    needs: dict[str, dict[str, Any]] = {
        "Activation": {"activation": "relu"},
        "Dense": {"units": 1},
        "GroupQueryAttention": {"head_dim": 1, "num_query_heads": 1, "num_key_value_heads": 1},
        "MultiHeadAttention": {"num_heads": 1, "key_dim": 1},
        "Rescaling": {"scale": 2.0},
        "SpatialDropout2D": {"rate": 0.5},
        "SpatialDropout3D": {"rate": 0.5},
        "TimeDistributed": {"layer": keras.layers.Flatten()},
        "EinsumDense": {"equation": "abc,cd->abd", "output_shape": (None, 2)},
        "Permute": {"dims": (2, 1)},
        "Reshape": {"target_shape": (8,)},
        **{f"{kind}Dropout": {"rate": 0.5} for kind in ("", "Alpha", "Gaussian")},
        "SpatialDropout1D": {"rate": 0.5},
        "GaussianNoise": {"stddev": 0.5},
        "DepthwiseConv1D": {"kernel_size": 1},
        **{
            f"{kind}Conv1D{end}": {"filters": 1, "kernel_size": 1}
            for kind, end in (("", ""), ("", "Transpose"), ("Separable", ""))
        },
    }
    for name, traits in LAYER_TRAITS.items():
        if traits.mask in (None, MaskHandling.HANDLED, MaskHandling.MERGED):
            continue
        if name == "Dot":  # it says that it supports masks, and gives none
            assert keras.layers.Dot(axes=-1).compute_mask(None) is None
            continue
        layer = getattr(keras.layers, name)(**needs.get(name, {}))
        assert layer.supports_masking == (traits.mask is PASSED), name
        assert layer.supports_masking != (traits.mask is LOST), name


@pytest.mark.tensorflow
def test_the_ways_to_quantize_are_those_that_keras_has_code_for() -> None:
    import keras

    for name, traits in LAYER_TRAITS.items():
        found = getattr(keras.layers, name, keras.Layer)
        calls = {mode: f"_{mode}_call" for mode in ("int8", "int4", "float8")}
        own = {mode for mode, call in calls.items() if _has_own(found, call)}
        assert set(traits.quantized) == own, name


def _has_own(found: Any, method: str) -> bool:
    """Whether a class has more than the method of Layer, which refuses."""
    import keras

    return getattr(found, method) is not getattr(keras.Layer, method)
