"""Models of Keras 3 to a spec and back: what `model_from_json` makes of them, or better."""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import Any

import pytest

from modelspec.api.validation import validate_text
from modelspec.compile.stages import compile_text
from modelspec.diagnostics.findings import Findings
from modelspec.importing.model_files import from_keras
from modelspec.schema.catalogue import class_schema, names_of_kind

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
    from modelspec.building.build import build_model

    findings = Findings()
    opened = compile_text(text, "spec.yaml", None, findings)
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


CANNOT_RUN = {
    "convolutions_3d": "Keras 3.15's AdaptiveMaxPooling3D fails on the CPU, by itself too: an "
    "error or a floating point exception that ends the process",
}
"""Configurations whose configs and weights are compared, and not their outputs."""


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
    if make.__name__ in CANNOT_RUN:
        return
    again.set_weights(model.get_weights())
    inputs = keras.tree.map_structure(example, getattr(model, "_inputs_struct", model.inputs[0]))
    ours, theirs = (keras.tree.flatten(m(inputs, training=False)) for m in (again, model))
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
    known = [class_schema("layer", name) for name in names_of_kind("layer") if "." not in name]
    layers = {found.name for found in known if found is not None} - {"Weight"}  # no class of Keras
    assert layers - used - set(NOT_TRACED) == set()


def test_what_building_finds_by_itself_is_not_written() -> None:
    import keras

    from .configurations import masks, recurrent

    keras.utils.clear_session()
    text = from_keras(masks(keras))
    assert "not_equal" not in text
    assert "training" not in text
    keras.utils.clear_session()
    text = from_keras(recurrent(keras))
    assert "StackedRNNCells: {cells: [GRUCell: {units: 3}, SimpleRNNCell: {units: 2}]}" in text
    assert "zero_output_for_mask" not in text


def test_an_explicit_mask_is_written() -> None:
    import keras

    from .configurations import explicit_mask

    keras.utils.clear_session()
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
    from . import import_config

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


def test_vocabularies_that_layers_learned_come_along(tmp_path: Path) -> None:
    import keras
    import numpy as np
    import tensorflow as tf

    from modelspec.importing.model_files import import_file
    from modelspec.importing.weights.extract import extract_weights

    L = keras.layers  # noqa: N806
    vectorize = L.TextVectorization(output_sequence_length=4)
    vectorize.adapt(["a b c", "the cat"])
    lookup = L.StringLookup(output_mode="one_hot", mask_token="")
    lookup.adapt(["x", "y"])
    number = L.IntegerLookup()
    number.adapt([3, 5, 3])
    normalize = L.Normalization()
    normalize.adapt(np.arange(12.0).reshape(4, 3))
    text, word = keras.Input((), dtype="string"), keras.Input((1,), dtype="string")
    count, values = keras.Input((1,), dtype="int64"), keras.Input((3,))
    inner = keras.Sequential([vectorize, L.Embedding(20, 3), L.Flatten()], name="inner")
    outputs = [inner(text), lookup(word), number(count), normalize(values)]
    model = keras.Model([text, word, count, values], outputs)
    model.save(tmp_path / "model.keras")

    imported = import_file(tmp_path / "model.keras", Findings())
    assert imported is not None
    assert imported.weights_source is not None
    assert "vocabulary: [the, cat, c, b, a]" in imported.text
    again = built(imported.text)
    assert extract_weights(imported.weights_source, again, tmp_path / "w.weights.h5", Findings())
    given = [
        tf.constant(["the cat", "b z"]), tf.constant([["x"], ["q"]]),
        tf.constant([[5], [9]], "int64"), tf.constant([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]),
    ]  # fmt: skip
    for one, other in zip(again(given), model(given), strict=True):
        np.testing.assert_array_equal(np.asarray(one), np.asarray(other))


def test_a_subclass_gives_its_graph_with_a_warning() -> None:
    import keras

    from . import import_config

    class Trained(keras.Model):  # type: ignore[misc]
        """A model with a training step of its own, as many tutorials have it."""

    i = keras.Input((3,))
    model = Trained(i, keras.layers.Dense(2)(i), name="trained")
    findings = Findings()
    data = import_config(json.loads(model.to_json()), "model.json", findings)
    assert data is not None
    assert len(data["model"]["functional"]["layers"]) == 1
    assert [finding.code for finding in findings] == ["model-class"]


def test_a_layer_shared_by_two_models_is_copied_with_a_warning(tmp_path: Path) -> None:
    import keras

    from modelspec.importing.model_files import import_file

    i = keras.Input((4,))
    shared = keras.layers.Dense(4, name="shared")
    one = keras.Model(i, shared(i), name="one")
    two = keras.Sequential([keras.Input((4,)), shared, keras.layers.ReLU()], name="two")
    keras.Model(i, two(one(i)), name="both").save(tmp_path / "model.keras")
    findings = Findings()
    assert import_file(tmp_path / "model.keras", findings) is not None
    (found,) = findings
    assert found.code == "shared-layer"
    assert "one/shared and two/shared" in found.message


def test_a_layer_shared_at_two_depths_is_named_where_the_model_is_in_memory() -> None:
    import keras

    i = keras.Input((4,))
    inner = keras.Model(i, keras.layers.Dense(4)(i), name="inner")
    middle = keras.Model(i, inner(inner(i)), name="middle")
    with pytest.warns(
        UserWarning, match="middle/inner and inner are one shared layer in the model"
    ):
        text = from_keras(keras.Model(i, inner(middle(i))))
    assert len(built(text).weights) == 4


@pytest.mark.parametrize("mode", ["int", "one_hot"])
def test_bins_that_a_layer_learned_come_along(mode: str) -> None:
    import keras
    import numpy as np

    from modelspec.importing.model_files import from_keras

    bins = keras.layers.Discretization(num_bins=3, output_mode=mode)
    values = np.arange(12.0, dtype="float32").reshape(4, 3)
    bins.adapt(values)
    model = keras.Sequential([keras.Input((3,)), bins])
    text = from_keras(model)
    assert "bin_boundaries" in text
    assert "num_bins" not in text
    assert np.array_equal(built(text).predict(values), model.predict(values))
