"""Keras itself says which penalties a TimeDistributed leaves out of the loss."""

from __future__ import annotations

import numpy as np
import pytest

pytestmark = pytest.mark.tensorflow


def test_the_penalty_on_the_output_alone_is_dropped() -> None:
    import keras

    def penalties(wrapped: bool, **args: str) -> list[float]:
        layer = keras.layers.Dense(2, kernel_initializer="ones", **args)
        model = keras.Sequential(
            [keras.Input((3, 4)), keras.layers.TimeDistributed(layer) if wrapped else layer]
        )
        model(np.ones((2, 3, 4), dtype=np.float32))
        return [float(one) for one in model.losses]

    assert penalties(False, activity_regularizer="l1") == pytest.approx([0.01 * 3 * 2 * 4])
    assert penalties(True, activity_regularizer="l1") == []
    assert penalties(True, kernel_regularizer="l1") == pytest.approx([0.01 * 4 * 2])
