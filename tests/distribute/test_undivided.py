"""What only the model that is fitted shows: it cannot be divided."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from modelspec.diagnostics import Findings, Span
from modelspec.training.engine import check_divisible

pytestmark = pytest.mark.tensorflow


def adding() -> Any:
    """A layer of an extension that inherits a call which adds a loss."""
    import keras

    class Adding(keras.layers.Layer):  # type: ignore[misc]  # Keras has no types
        """Adds a sum over its rows."""

        def call(self, x: Any) -> Any:
            self.add_loss(keras.ops.sum(x))
            return x

    class Inherits(Adding):
        """Has no call of its own."""

    return Inherits(name="inside")


def regularized() -> Any:
    """A layer with a regularizer of an extension."""
    import keras

    class Largest(keras.regularizers.Regularizer):  # type: ignore[misc]
        """Looks at all rows."""

        def __call__(self, x: Any) -> Any:
            return keras.ops.max(x)

    return keras.layers.Dense(3, activity_regularizer=Largest(), name="inside")


def plain() -> Any:
    """A layer that can be divided."""
    import keras

    return keras.layers.Dense(3, activity_regularizer="l1", name="inside")


@pytest.mark.parametrize(
    ("layer", "said"),
    [
        (plain, []),
        (adding, ['the call of "inside" adds a loss, which need not be a mean over the rows']),
        (regularized, ['the activity regularizer of "inside" need not be a sum over the rows']),
    ],
)
def test_layers_of_extensions_that_see_their_share_alone_are_named(
    layer: Callable[[], Any], said: list[str]
) -> None:
    import keras

    model = keras.Sequential([keras.Input((3,)), layer()])
    training: Any = SimpleNamespace(
        gan=None, jit_compile=None, distribute=None, span=Span("spec.yaml", 1, 1, 1, 2)
    )
    engine: Any = SimpleNamespace(name="mirrored", replicas=2)
    findings = Findings()
    check_divisible(model, training, engine, findings)
    begin = "`distribute: mirrored` cannot train it as one device does: "
    assert [one.message for one in findings] == [f"{begin}{reason}" for reason in said]
