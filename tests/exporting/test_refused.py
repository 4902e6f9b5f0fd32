"""What a format does not take, told before it is tried, and by its converter; and what it takes
only because the export sees to it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from modelspec.compile.stages import CompiledSpec, compile_file
from modelspec.diagnostics.problems import CannotRunError, SpecError
from modelspec.exporting.formats.format import ExportSettings
from modelspec.exporting.formats.formats import FORMATS
from modelspec.exporting.unsupported import check_supported
from modelspec.schema.catalogue import names_of_kind

from .models import need

ONE = """\
modelspec: 1
model:
  sequential:
    input: {INPUT}
    layers:
      - LAYER
TRAINING"""
RESTRICTED = [form for form, entry in FORMATS.items() if entry.unsupported_layers]
ENDLESS = "{LSTM: {units: 2}}"
CASES = [
    ("onnx", "shape: [3]", "{Discretization: {bin_boundaries: [0.0, 1.0]}}", "Bucketize"),
    ("litert", "shape: [4, 4, 4, 1]", "MaxPooling3D", "MaxPool3D"),
    ("litert", "shape: [null, 2]", ENDLESS, "the time dimension is undefined"),
    (
        "openvino",
        "shape: [3], dtype: int32",
        "{CategoryEncoding: {num_tokens: 4}}",
        "DenseBincount",
    ),
]


def opened(tmp_path: Path, given: str, layer: str, training: str = "") -> CompiledSpec:
    path = tmp_path / "one.yaml"
    text = ONE.replace("INPUT", given).replace("LAYER", layer).replace("TRAINING", training)
    path.write_text(text, encoding="utf-8")
    return compile_file(path).require_expectations()


def said(found: CompiledSpec, form: str) -> str:
    try:
        check_supported(found.spec, found.graph, form)
    except SpecError as error:
        return str(error)
    return ""


def subject(found: CompiledSpec) -> Any:
    from modelspec.api.building import build_opened
    from modelspec.exporting.export_source import source_of_spec

    return source_of_spec(found.spec, found.graph, build_opened(found))


@pytest.mark.parametrize("form", RESTRICTED)
def test_the_records_name_layers_that_exist(form: str) -> None:
    for unsupported in FORMATS[form].unsupported_layers:
        assert set(unsupported.layers.split()) <= set(names_of_kind("layer"))


@pytest.mark.tensorflow
@pytest.mark.parametrize(("form", "given", "layer", "op"), CASES)
def test_what_is_told_is_what_the_converter_says(
    form: str, given: str, layer: str, op: str, tmp_path: Path
) -> None:
    need(form)
    found = opened(tmp_path, given, layer)
    assert re.search(rf"one\.yaml:6:\d+: error: {form} does not support", said(found, form))
    assert not said(found, "saved_model")
    write = FORMATS[form].write
    assert write is not None
    with pytest.raises(CannotRunError, match=op):
        write(subject(found), ExportSettings(), tmp_path / f"one{FORMATS[form].suffix}")


@pytest.mark.parametrize(
    ("given", "layer", "forms"),
    [
        ("shape: [9, 2]", ENDLESS, ""),
        ("shape: [null, 2], batch_size: 1", ENDLESS, ""),
        ("shape: [null, 2]", "{Bidirectional: {layer: {LSTM: {units: 2}}}}", "litert"),
        ("shape: [9, 2], batch_size: 1", "{LSTM: {units: 2, stateful: true}}", "onnx"),
        ("shape: [9, 9, 2]", "{Conv2D: {filters: 2, kernel_size: 2, groups: 2}}", ""),
        ("shape: [2], dtype: bfloat16", "Flatten", "onnx litert openvino"),
        ("shape: [2]", "{Dense: {units: 2, dtype: bfloat16}}", "onnx litert openvino"),
        ("shape: [2]", "{Dense: {units: 2, dtype: mixed_bfloat16}}", ""),
        ("shape: [2]", "{Dense: {units: 2, dtype: float64}}", "litert"),
        ("shape: [1], dtype: string", "{StringLookup: {vocabulary: [a]}}", "onnx openvino"),
    ],
)
def test_arguments_shapes_and_dtypes_decide(
    given: str, layer: str, forms: str, tmp_path: Path
) -> None:
    found = opened(tmp_path, given, layer)
    assert [form for form in RESTRICTED if said(found, form)] == forms.split()


def test_a_precision_is_told_where_it_stands(tmp_path: Path) -> None:
    training = "training: {loss: mse, optimizer: sgd, precision: bfloat16}\n"
    found = opened(tmp_path, "shape: [2]", "{Dense: {units: 1}}", training)
    assert "one.yaml:7:" in said(found, "litert")
    assert "use mixed_bfloat16, which keeps the weights in float32" in said(found, "litert")


@pytest.mark.tensorflow
def test_steps_of_a_fixed_number_are_written_out_for_litert(tmp_path: Path) -> None:
    need("litert")
    made = subject(opened(tmp_path, "shape: [3, 2]", ENDLESS))
    write = FORMATS["litert"].write
    assert write is not None
    write(made, ExportSettings(), tmp_path / "one.tflite")
    assert made.model.layers[0].unroll is False


@pytest.mark.tensorflow
def test_a_model_of_mixed_precision_is_copied_into_float32(tmp_path: Path) -> None:
    import numpy as np

    from modelspec.exporting.precision import in_supported_precision

    layer = "{Sequential: {layers: [{StringLookup: {vocabulary: [a, b], output_mode: one_hot}}, "
    layer += "{Dense: {units: 3}}]}}"
    training = "training: {loss: mse, optimizer: sgd, precision: mixed_bfloat16}\n"
    made = subject(opened(tmp_path, "shape: [1], dtype: string", layer, training))
    copy, note = in_supported_precision(made, "litert")
    assert "has mixed precision" in note
    assert in_supported_precision(made, "keras") == (made, "")
    words = np.asarray([["b"], ["c"]], dtype=object)
    weights = made.model.get_weights()
    assert all(np.array_equal(a, b) for a, b in zip(weights, copy.model.get_weights(), strict=True))
    wanted = np.asarray([weights[0][2], weights[0][0]]) + weights[1]
    assert np.allclose(copy.model(words), wanted, rtol=1e-6)


@pytest.mark.tensorflow
@pytest.mark.parametrize(
    ("layer", "mixed"),
    [
        ("{Dense: {units: 1, name: mixed_5b}}", False),
        ("{Dense: {units: 1, dtype: mixed_bfloat16}}", True),
        ("{TimeDistributed: {layer: {Dense: {units: 1, dtype: mixed_bfloat16}}}}", True),
        ("{Bidirectional: {layer: {LSTM: {units: 1, dtype: mixed_bfloat16}}}}", True),
        ("{Sequential: {layers: [{Dense: {units: 1, dtype: mixed_bfloat16}}]}}", True),
    ],
)
def test_dtype_policies_decide_what_is_mixed(layer: str, mixed: bool, tmp_path: Path) -> None:
    from modelspec.exporting.precision import is_mixed

    assert is_mixed(subject(opened(tmp_path, "shape: [3, 2]", layer)).model) == mixed


@pytest.mark.tensorflow
@pytest.mark.parametrize("form", ["saved_model", "onnx", "litert"])
def test_what_does_not_become_a_graph_is_told_in_plain_words(form: str, tmp_path: Path) -> None:
    need(form)
    made = subject(
        opened(tmp_path, "shape: [20, null, 3]", "{AdaptiveMaxPooling2D: {output_size: 2}}")
    )
    write = FORMATS[form].write
    assert write is not None
    with pytest.raises(CannotRunError, match=r"^the model .*TensorFlow graph: Input spatial"):
        write(made, ExportSettings(), tmp_path / "one")


QUANTIZED = {"int8": {"litert"}, "int4": set(), "float8": {"onnx", "litert", "openvino"}}


@pytest.mark.parametrize("mode", QUANTIZED)
def test_quantized_layers_are_told_before_a_converter_fails(mode: str, tmp_path: Path) -> None:
    layer = f"{{Dense: {{units: 2, dtype: {mode}_from_float32}}}}"
    found = opened(tmp_path, "shape: [3]", layer)
    told = {
        form
        for form in FORMATS
        if f"does not support layers with weights in {mode}" in said(found, form)
    }
    assert told == QUANTIZED[mode]
