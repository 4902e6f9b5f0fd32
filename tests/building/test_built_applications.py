"""Applications with what a spec says of them beside the arguments of Keras's functions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from modelspec.api.building import build_opened
from modelspec.building.comparison import find_differences
from modelspec.compile.stages import compile_text
from modelspec.diagnostics.findings import Findings

pytestmark = pytest.mark.tensorflow

SPEC = """
modelspec: 1
model:
  functional:
    inputs: {image: {shape: [64, 64, 3]}}
    layers:
      backbone: {applications.ARCHITECTURE: {weights: null, include_top: false, ARGUMENTS}}
      RESHAPED
      out: {Dense: {units: 2}}
    edges: [EDGES]
    outputs: out
"""


def built(architecture: str, arguments: str, edges: str, more: str = "pool: Flatten") -> Any:
    text = SPEC.replace("ARCHITECTURE", architecture).replace("ARGUMENTS", arguments)
    text = text.replace("EDGES", edges).replace("RESHAPED", more)
    findings = Findings()
    opened = compile_text(text, "spec", None, findings)
    assert opened is not None, findings.sorted()
    model = build_opened(opened)
    assert find_differences(opened.analysis, model) == []
    return model


CHAIN = "image -> backbone -> pool -> out"


def test_a_name_of_ones_own_for_an_architecture_that_takes_none() -> None:
    model = built("EfficientNetV2B0", "outputs: block1a_project_activation", CHAIN)
    assert [layer.name for layer in model.layers] == ["image", "backbone", "pool", "out"]


def test_layers_inside_are_named_as_in_a_new_process(tmp_path: Path) -> None:
    import keras

    for _ in range(2):
        keras.layers.Conv2D(1, 1)
    model = built("InceptionV3", "outputs: activation_4, input_shape: [96, 96, 3]", RESIZED, RESIZE)
    assert "conv2d" in [layer.name for layer in model.get_layer("backbone").layers]
    model.save(tmp_path / "model.keras")
    again = keras.saving.load_model(tmp_path / "model.keras")
    assert again.count_params() == model.count_params()


RESIZE = "larger: {Resizing: {height: 96, width: 96}}\n      pool: GlobalAveragePooling2D"
RESIZED = "image -> larger -> backbone -> pool -> out"


def test_a_frozen_one_has_no_trained_weights() -> None:
    model = built("MobileNetV2", "alpha: 0.35, trainable: false, pooling: avg", CHAIN)
    assert len(model.trainable_weights) == 2


def test_it_computes_in_its_own_dtype() -> None:
    outputs = "outputs: [block_1_expand, block_3_expand]"
    edges = "image -> backbone, 'backbone[1] -> pool -> out'"
    model = built("MobileNetV2", f"alpha: 0.35, dtype: mixed_bfloat16, {outputs}", edges)
    assert [tensor.dtype for tensor in model.get_layer("backbone").output] == ["bfloat16"] * 2
    assert model.output.dtype == "float32"
