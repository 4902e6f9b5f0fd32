"""Losses that Keras has not. What is saved never names them, so that it loads with Keras alone.

`modelspec.exporting.python` writes the same as plain code.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops


class Quantile(keras.losses.Loss):  # type: ignore[misc]
    """The pinball loss: of a truth above the quantile q times the distance, below it 1 - q times.

    Args:
        quantiles: one for each unit of the last axis; the truth [n, ...] or [n, ..., 1] is compared
            with each. A number is the quantile of every value: truth and output have one shape.
        reduction: as losses of Keras have it.
        name: as losses of Keras have it.
        dtype: as losses of Keras have it.
    """

    def __init__(
        self,
        quantiles: float | Sequence[float],
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "quantile",
        dtype: Any = None,
    ) -> None:
        super().__init__(name=name, reduction=reduction, dtype=dtype)
        self.quantiles = quantiles

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """The loss [n, ...] of outputs [n, ..., units], the mean over the units."""
        if len(y_true.shape) < len(y_pred.shape):
            y_true = ops.expand_dims(y_true, -1)
        elif len(y_true.shape) > len(y_pred.shape) > 0:
            y_true = ops.squeeze(y_true, -1)
        shares = ops.convert_to_tensor(self.quantiles, y_pred.dtype)
        error = y_true - y_pred
        return ops.mean(ops.maximum(shares * error, (shares - 1) * error), axis=-1)

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        return {**super().get_config(), "quantiles": self.quantiles}


OWN_LOSSES: dict[str, Any] = {"Quantile": Quantile}
"""The classes by the names that specs have for them."""
