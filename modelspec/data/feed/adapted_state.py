"""What layers have learned from data, for the same layers of a model in another process."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from modelspec.data.table import Array
from modelspec.framework import all_layers

from .adaptation import must_adapt

BOUNDARIES = "bin_boundaries"


class LayerState(NamedTuple):
    """What a layer has learned.

    Attributes:
        values: arrays by name.
        files: the content of files by name, such as that of a vocabulary.
    """

    values: dict[str, Array]
    files: dict[str, bytes]


def adapting_layers(model: Any) -> list[Any]:
    """The layers of a model that learn from data, in the same order in every process."""
    return [layer for layer in all_layers(model) if must_adapt(layer)]


def can_be_taught(model: Any) -> bool:
    """Whether a model has layers that learn from data, and all can take what others have learned:
    Keras loads no weights of terms, of the mode `tf_idf`, where the vocabulary is padded."""
    layers = adapting_layers(model)
    modes = [layer.get_config().get("output_mode") for layer in layers]
    return bool(layers) and "tf_idf" not in modes


def learned_by(model: Any) -> list[LayerState]:
    """What each of the `adapting_layers` has learned."""
    return [_state(layer) for layer in adapting_layers(model)]


def teach(model: Any, states: Sequence[LayerState]) -> None:
    """Give the `adapting_layers` of a model what those of another one have learned."""
    for layer, state in zip(adapting_layers(model), states, strict=True):
        _teach(layer, state)


def _state(layer: Any) -> LayerState:
    import keras

    if isinstance(layer, keras.layers.Normalization):
        return LayerState({str(n): value for n, value in enumerate(layer.get_weights())}, {})
    if isinstance(layer, keras.layers.Discretization):
        return LayerState({BOUNDARIES: np.asarray(layer.bin_boundaries)}, {})
    values: dict[str, Array] = {}
    layer.save_own_variables(values)
    with tempfile.TemporaryDirectory() as folder:
        layer.save_assets(folder)
        files = {path.name: path.read_bytes() for path in Path(folder).iterdir()}
    return LayerState(values, files)


def _teach(layer: Any, state: LayerState) -> None:
    import keras

    if isinstance(layer, keras.layers.Normalization):
        layer.set_weights(list(state.values.values()))
        layer.finalize_state()
        return
    if isinstance(layer, keras.layers.Discretization):
        layer.bin_boundaries = state.values[BOUNDARIES].tolist()
        return
    layer.load_own_variables(state.values)
    with tempfile.TemporaryDirectory() as folder:
        for name, content in state.files.items():
            (Path(folder) / name).write_bytes(content)
        layer.load_assets(folder)
