"""Stacked cells give the states of a cell as one result; Keras numbers each tensor of it."""

from __future__ import annotations

from typing import Any

import pytest

from modelspec import from_keras

pytestmark = pytest.mark.tensorflow


def _cells(keras: Any) -> list[Any]:
    return [keras.layers.LSTMCell(8), keras.layers.GRUCell(3)]


@pytest.mark.parametrize("both", [False, True])
def test_a_state_is_picked_by_its_place_among_the_results(both: bool) -> None:
    import keras

    layer = keras.layers.RNN(_cells(keras), return_state=True, name="read")
    if both:
        layer = keras.layers.Bidirectional(layer, name="read")
    x = keras.Input((3, 4), name="x")
    last = layer(x)[2]
    assert last.shape == (None, 3)
    spec = str(from_keras(keras.Model(x, keras.layers.Flatten(name="flat")(last))))
    assert "read[2] -> flat" in spec


def test_states_go_into_another_layer_as_they_come() -> None:
    import keras

    x = keras.Input((3, 4), name="x")
    _, *states = keras.layers.RNN(_cells(keras), return_state=True, name="read")(x)
    y = keras.layers.RNN(_cells(keras), name="write")(x, initial_state=states)
    spec = str(from_keras(keras.Model(x, y)))
    assert "read[1]" in spec
    assert "read[2]" in spec
