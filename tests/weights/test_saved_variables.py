"""Where Keras saves variables, by the analysis, against the built model and a file of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from modelspec.api.building import build_opened, open_spec
from modelspec.weights.model_tree import layers_of_analysis, layers_of_keras
from modelspec.weights.saved import read_saved
from modelspec.weights.trees import ModelLayer, everything, leaves

pytestmark = pytest.mark.tensorflow

SPECS = sorted((Path(__file__).parents[2] / "specs").glob("*.yaml"))

MANY = """
modelspec: 1
model:
  functional:
    inputs: {x: {shape: [6, 4]}}
    layers:
      both: {Bidirectional: {layer: {LSTM: {units: 3, return_sequences: true}}}}
      heads: {MultiHeadAttention: {num_heads: 2, key_dim: 3}}
      groups: {GroupQueryAttention: {head_dim: 4, num_query_heads: 2, num_key_value_heads: 2}}
      bare: {MultiHeadAttention: {num_heads: 2, key_dim: 3, use_bias: false}}
      each: {TimeDistributed: {layer: {Dense: {units: 4}}}}
      cells: {RNN: {cell: [{GRUCell: {units: 3}}, {LSTMCell: {units: 2}}], return_sequences: true}}
      cell: {RNN: {cell: {SimpleRNNCell: {units: 3}}, return_sequences: true}}
      gru: {GRU: {units: 3, return_sequences: true, dropout: 0.1}}
      spectral: {SpectralNormalization: {layer: {Dense: {units: 4}}}}
      beta: {LayerNormalization: {scale: false}}
      moving: {BatchNormalization: {center: false}}
      rms: RMSNormalization
      group: {GroupNormalization: {groups: 2}}
      separable: {SeparableConv1D: {filters: 4, kernel_size: 2, padding: same}}
      depthwise: {DepthwiseConv1D: {kernel_size: 2, padding: same}}
      adapted: {Dense: {units: 4, lora_rank: 2}}
      int8: {Dense: {units: 6, dtype: int8_from_float32}}
      int4: {Dense: {units: 5, dtype: int4/2_from_float32, use_bias: false}}
      float8: {Dense: {units: 6, dtype: float8_from_float32}}
      einsum: {EinsumDense: {equation: "abc,cd->abd", output_shape: [null, 6], bias_axes: d}}
      dot: {Attention: {use_scale: true}}
      prelu: {PReLU: {shared_axes: [1]}}
      inner: {Sequential: {layers: [{Dense: {units: 4, name: deep}}, {Dropout: {rate: 0.1}}]}}
      drop: {Dropout: {rate: 0.1}}
    edges:
      - x -> both
      - both, both -> heads
      - heads, heads -> groups
      - groups, groups -> bare
      - bare -> each -> cells -> cell -> gru -> spectral -> beta -> moving -> rms -> einsum -> drop
      - drop -> group -> separable -> depthwise -> adapted
      - adapted -> int8 -> int4 -> float8 -> prelu -> inner
      - inner, inner -> dot
    outputs: dot
"""


def summary(layers: tuple[ModelLayer, ...]) -> dict[str, Any]:
    return {
        layer.path: (layer.key, layer.tensors, layer.names, layer.learned)
        for layer in leaves(layers)
        if layer.tensors or layer.learned
    }


@pytest.fixture
def many(tmp_path: Path) -> Path:
    path = tmp_path / "many.yaml"
    path.write_text(MANY)
    return path


def compare(path: Path, tmp_path: Path) -> None:
    opened = open_spec(path)
    model = build_opened(opened)
    saved_layers = opened.graph.for_outputs().layers  # not the discriminator of a gan
    layers = {k: facts for k, facts in opened.analysis.layers.items() if k in saved_layers}
    said = layers_of_analysis(replace(opened.analysis, layers=layers))
    built = layers_of_keras(model)
    unknown = {layer.path for layer in leaves(said) if layer.tensors is None}
    ours = {key: value for key, value in summary(said).items() if key not in unknown}
    theirs = {key: value for key, value in summary(built).items() if key not in unknown}
    for key, (kind, tensors, *rest) in theirs.items():
        shapes = {at: tensor.shape for at, tensor in tensors.items()}
        assert {at: tensor.shape for at, tensor in ours[key][1].items()} == shapes, key
        assert [kind, *rest] == [ours[key][0], *ours[key][2:]], key
    assert set(ours) == set(theirs)
    file = tmp_path / "m.weights.h5"
    model.save_weights(file)
    saved = read_saved(file)
    in_file = {layer.path: layer for layer in everything(saved.layers)}
    for layer in leaves(built):
        assert {at: tensor.shape for at, tensor in in_file[layer.path].tensors.items()} == {
            at: tensor.shape for at, tensor in (layer.tensors or {}).items()
        }, layer.path


def test_the_analysis_knows_where_keras_saves(many: Path, tmp_path: Path) -> None:
    compare(many, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_of_the_specs(path: Path, tmp_path: Path) -> None:
    if "extensions" in path.read_text():
        pytest.skip("needs an extension")
    compare(path, tmp_path)
