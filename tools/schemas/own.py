"""Classes of modelspec's own that stand beside Keras's, by their signatures.

What is saved with one loads without modelspec; `modelspec.building.own_losses` has the code.
"""

from __future__ import annotations

from typing import Any


class Quantile:
    """The loss of quantiles, which Keras has not."""

    def __init__(
        self,
        quantiles: Any,
        reduction: str = "sum_over_batch_size",
        name: str = "quantile",
        dtype: Any = None,
    ) -> None:
        raise NotImplementedError


OWN: dict[str, dict[str, type]] = {"loss": {"Quantile": Quantile}}
"""Kind to class name to a class with the arguments."""
