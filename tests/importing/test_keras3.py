"""Models of Keras 3 to a spec and back: what `model_from_json` makes of the same JSON, or better."""

from __future__ import annotations

import json
import warnings
from typing import Any

import pytest

from modelspec.diagnostics import Findings
from modelspec.importing import from_keras
from modelspec.pipeline import open_text, validate_text
from modelspec.schema import class_schema, names_of_kind

from .configurations import CONFIGURATIONS, Configuration

pytestmark = [
    pytest.mark.tensorflow,
    pytest.mark.filterwarnings("ignore::UserWarning"),
]

KERAS_FAILS = {
    "images": "it does not take back the factors that RandomShear writes",
    "transfer": "it forgets that a stack is frozen",
    "constants": "the kind of array, which no spec tells, is in its config",
}
"""Configurations of which Keras's own `model_from_json` makes another model, or none."""

NOT_TRACED = {
    "Equalization": "cannot be called on symbolic tensors",
    "MaxNumBoundingBoxes": "takes boxes, no tensors",
    "ContrastLimitedAdaptiveHistogramEqualization": "is slow to trace",
    "TFSMLayer": "needs a SavedModel",
}
"""Layers that are in no configuration, and why."""


def built(text: str) -> Any:
    from modelspec.building import build_model

    findings = Findings()
    opened = open_text(text, "spec.yaml", None, findings)
    assert opened is not None, findings.sorted()
    model = build_model(opened.spec, opened.graph, findings)
    assert model is not None, findings.sorted()
    return model


def as_json(model: Any) -> Any:
    return json.loads(json.dumps(model.get_config()))


def example(tensor: Any) -> Any:
    import numpy as np
    import tensorflow as tf

    random = np.random.default_rng(0)
    shape = [2 if axis == 0 else size or 9 for axis, size in enumerate(tensor.shape)]
    if tensor.dtype == "string":
        return tf.constant(random.choice(["a", "the cat", "b"], size=shape))
    if "int" in tensor.dtype:
        return tf.constant(random.integers(0, 8, size=shape).astype(tensor.dtype))
    return tf.constant(random.normal(size=shape).astype(tensor.dtype))


@pytest.mark.parametrize("make", CONFIGURATIONS, ids=lambda make: make.__name__)
def test_a_model_comes_back_the_same(make: Configuration) -> None:
    import keras
    import numpy as np

    keras.utils.clear_session()
    model = make(keras)
    text = from_keras(model)
    assert validate_text(text, "spec.yaml") == []
    again = built(text)
    if make.__name__ != "constants":
        assert as_json(again) == as_json(model)
    if make.__name__ not in KERAS_FAILS:
        reference = keras.models.model_from_json(model.to_json())
        assert as_json(again) == as_json(reference)
    assert [w.shape for w in again.weights] == [w.shape for w in model.weights]
    again.set_weights(model.get_weights())
    inputs = keras.tree.map_structure(example, getattr(model, "_inputs_struct", model.inputs[0]))
    ours, theirs = (keras.tree.flatten(m(inputs)) for m in (again, model))
    for one, other in zip(ours, theirs, strict=True):
        np.testing.assert_array_equal(np.asarray(one), np.asarray(other))


def test_the_configurations_use_every_layer() -> None:
    import keras

    used: set[str] = set()

    def visit(value: Any) -> None:
        if isinstance(value, dict):
            if isinstance(value.get("class_name"), str):
                used.add(value["class_name"])
            for item in value.values():
                visit(item)
        elif isinstance(value, list):
            for item in value:
                visit(item)

    for make in CONFIGURATIONS:
        visit(json.loads(make(keras).to_json()))
    known = {class_schema("layer", name) for name in names_of_kind("layer") if "." not in name}
    layers = {found.name for found in known if found is not None}
    assert layers - used - set(NOT_TRACED) == set()


def test_what_building_finds_by_itself_is_not_written() -> None:
    import keras

    from .configurations import masks, recurrent

    text = from_keras(masks(keras))
    assert "not_equal" not in text
    assert "training" not in text
    text = from_keras(recurrent(keras))
    assert (
        "Bidirectional: {layer: {LSTM: {units: 2, return_sequences: true}}, merge_mode: sum}"
        in text
    )
    assert "zero_output_for_mask" not in text


def test_an_explicit_mask_is_written() -> None:
    import keras

    from .configurations import explicit_mask

    text = from_keras(explicit_mask(keras))
    assert "{from: {mask: not_equal}, to: lstm}" in text


def test_the_text_is_what_a_person_would_write() -> None:
    import keras

    from .configurations import siamese

    keras.utils.clear_session()
    assert from_keras(siamese(keras)) == (
        "modelspec: 1\n"
        "name: siamese\n"
        "model:\n"
        "  functional:\n"
        "    inputs:\n"
        "      left: {shape: [6]}\n"
        "      right: {shape: [6]}\n"
        "    layers:\n"
        "      encoder: {Sequential: {input: {shape: [6]}, layers: [Dense: {units: 4}, ReLU]}}\n"
        "      dot: {Dot: {axes: 1, normalize: true}}\n"
        "      dense_1: {Dense: {units: 1, activation: sigmoid}}\n"
        "    edges:\n"
        "      - left -> encoder as encoder_1\n"
        "      - right -> encoder as encoder_2\n"
        "      - encoder_1, encoder_2 -> dot -> dense_1\n"
        "    outputs: dense_1\n"
    )


def test_compile_settings_become_training() -> None:
    import keras

    from .configurations import several_outputs

    model = several_outputs(keras)
    losses = {"class": "sparse_categorical_crossentropy", "value": "mse", "trunk": None}
    model.compile(keras.optimizers.SGD(0.1, momentum=0.9), loss=losses)
    config = json.loads(json.dumps(keras.saving.serialize_keras_object(model)))
    from modelspec.importing import import_config

    data = import_config(config, "model", Findings())
    assert data is not None
    assert data["training"] == {
        "optimizer": {"SGD": {"learning_rate": 0.1, "momentum": 0.9}},
        "loss": {"class": "sparse_categorical_crossentropy", "value": "mse"},
    }


def test_a_shared_layer_keeps_the_order_of_its_calls() -> None:
    """Two calls of one layer whose inputs are ready in the other order."""
    import keras

    i, j = keras.Input((3,)), keras.Input((3,))
    shared = keras.layers.Dense(3, name="shared")
    slow = keras.layers.ReLU()(keras.layers.ReLU()(keras.layers.ReLU()(i)))
    first, second = shared(slow), shared(j)
    model = keras.Model([i, j], [second, first])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert as_json(built(from_keras(model))) == as_json(model)
