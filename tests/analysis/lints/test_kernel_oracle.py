"""The positions of a kernel that see only padding are those that get no gradient in Keras."""

from __future__ import annotations

import random
from typing import Any

import pytest

from modelspec.analysis.lints.kernel_sees_only_padding import _used

pytestmark = pytest.mark.tensorflow

SEED = 20250117
CASES = 80


def questions() -> list[tuple[int, int, int, int, str]]:
    """Sizes, kernels, strides, dilations, paddings: a stride and a dilation exclude each other."""
    rng = random.Random(SEED)
    found = []
    for _ in range(CASES):
        stride, dilation = rng.choice([(1, rng.randint(1, 6)), (rng.randint(1, 4), 1)])
        padding = rng.choice(["same", "causal"])
        found.append((rng.randint(1, 9), rng.randint(1, 7), stride, dilation, padding))
    return found


def used_in_keras(size: int, kernel: int, stride: int, dilation: int, padding: str) -> int:
    import keras
    import tensorflow as tf

    layer: Any = keras.layers.Conv1D(
        1, kernel, strides=stride, dilation_rate=dilation, padding=padding
    )
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(layer(tf.ones((1, size, 1))))
    gradient = tape.gradient(loss, layer.kernel)
    return int(tf.math.count_nonzero(gradient))


def test_the_same_positions_see_the_input() -> None:
    asked = questions()
    assert any(_used(*question) < question[1] for question in asked)
    for question in asked:
        assert _used(*question) == used_in_keras(*question), question
