"""The extension of autoencoder.yaml: a layer that draws from a normal distribution."""

from __future__ import annotations

from typing import Any

import keras


@keras.saving.register_keras_serializable(package="modelspec_specs")
class Sampling(keras.layers.Layer):  # type: ignore[misc]  # Keras has no types
    """Draws a point from the normal distribution of a mean and a logarithm of variance.

    Takes a list of two tensors of shape (batch, n) and gives one. Adds the divergence from the
    standard normal distribution (Kingma and Welling 2013, appendix B) to the loss.

    Args:
        weight: how much the divergence counts.
        seed: of the random numbers.
    """

    def __init__(self, weight: float = 1.0, seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.weight = weight
        self.seed = seed
        self.generator = keras.random.SeedGenerator(seed)

    def call(self, inputs: Any) -> Any:
        """The sampled point."""
        mean, log_variance = inputs
        spread = 1 + log_variance - keras.ops.square(mean) - keras.ops.exp(log_variance)
        self.add_loss(-0.5 * self.weight * keras.ops.mean(keras.ops.sum(spread, axis=-1)))
        noise = keras.random.normal(keras.ops.shape(mean), seed=self.generator)
        return mean + keras.ops.exp(0.5 * log_variance) * noise

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        return {**super().get_config(), "weight": self.weight, "seed": self.seed}
