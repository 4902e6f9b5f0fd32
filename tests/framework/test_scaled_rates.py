"""A share of the learning rate for some variables: what optimizers of other rates would do."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

pytestmark = pytest.mark.tensorflow

STEPS, RATE, FACTOR = 50, 0.02, 0.1
BETA_1, BETA_2 = float(np.float32(0.9)), float(np.float32(0.999))
"""Of these, rounded to float32 in any dtype, Keras takes the powers."""

OPTIMIZERS = {
    "SGD": {"momentum": 0.9, "nesterov": True, "weight_decay": 0.01},
    "Adam": {"amsgrad": True},
    "AdamW": {"weight_decay": 0.05},
    "RMSprop": {"momentum": 0.5},
    "Adagrad": {},
    "Adadelta": {},
    "Adamax": {},
    "Nadam": {},
    "Ftrl": {},
    "Lion": {"weight_decay": 0.01},
    "Lamb": {},
    "Adafactor": {},
    "ScheduleFreeAdamW": {},
}


def make(name: str, rate: float) -> Any:
    import keras

    return getattr(keras.optimizers, name)(learning_rate=rate, **OPTIMIZERS[name])


def variables(dtype: str = "float32") -> list[Any]:
    import keras

    rng = np.random.default_rng(0)
    shapes = ((3, 4), (4,), (4, 2))
    return [keras.Variable(rng.normal(size=shape), dtype=dtype) for shape in shapes]


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=() if name in ("SGD", "AdamW", "Lamb") else pytest.mark.slow)
        for name in OPTIMIZERS
    ],
)
def test_equal_to_an_optimizer_for_each_rate(name: str) -> None:
    from modelspec.framework import scale_rates

    scaled, apart = variables(), variables()
    together = make(name, RATE)
    scale_rates(together, [(scaled[0], FACTOR), (scaled[1], FACTOR)])
    slow, fast = make(name, RATE * FACTOR), make(name, RATE)
    rng = np.random.default_rng(1)
    for _ in range(STEPS):
        gradients = [rng.normal(size=v.shape).astype(np.float32) for v in scaled]
        together.apply(gradients, scaled)
        slow.apply(gradients[:2], apart[:2])
        fast.apply(gradients[2:], apart[2:])
    for one, other in zip(scaled, apart, strict=True):
        np.testing.assert_allclose(one.numpy(), other.numpy(), rtol=0, atol=1e-6)


def test_equal_to_adam_by_hand() -> None:
    from modelspec.framework import scale_rates

    weights = variables("float64")  # float32 rounds 50 steps to 1e-6
    optimizer = make("Adam", RATE)
    optimizer.amsgrad = False
    expected = [v.numpy() for v in weights]
    first, second = [0.0 * v for v in expected], [0.0 * v for v in expected]
    scale_rates(optimizer, [(weights[0], FACTOR)])
    rng = np.random.default_rng(2)
    for step in range(1, STEPS + 1):
        gradients = [rng.normal(size=v.shape) for v in weights]
        optimizer.apply(gradients, weights)
        for i, gradient in enumerate(gradients):
            first[i] = 0.9 * first[i] + 0.1 * gradient
            second[i] = 0.999 * second[i] + 0.001 * gradient**2
            rate = RATE * (FACTOR if i == 0 else 1.0)
            rate *= math.sqrt(1 - BETA_2**step) / (1 - BETA_1**step)
            expected[i] -= rate * first[i] / (np.sqrt(second[i]) + 1e-7)
    for one, other in zip(weights, expected, strict=True):
        np.testing.assert_allclose(one.numpy(), other, rtol=0, atol=1e-6)


def test_what_is_saved_is_the_optimizer_of_keras() -> None:
    import keras

    from modelspec.framework import scale_rates

    optimizer = make("AdamW", RATE)
    before = keras.optimizers.serialize(optimizer)
    scale_rates(optimizer, [(variables()[0], FACTOR)])
    assert keras.optimizers.serialize(optimizer) == before
    assert before["module"] == "keras.optimizers"
